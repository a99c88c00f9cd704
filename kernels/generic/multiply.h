/* The inner loop of a full tile, for packed operands and for operands in place. */
#ifndef TENSOROP_GENERIC_MULTIPLY_H
#define TENSOROP_GENERIC_MULTIPLY_H

#include <string.h>

#include "generic.h"

/* Two registers of four floats make a column of the tile on any machine with 128-bit vectors, and the compiler takes
 * them apart elsewhere. Operands are only as aligned as floats. */
typedef float tensorop_quad __attribute__((vector_size(16), aligned(4), may_alias));

/* Step p reads 8 floats at a + p * a_step, and B(p, j) at b[p * b_rs + j * b_cs]. The columns are written out: that the
 * sums stay in registers is not left to the compiler's unrolling. */
static inline void tensorop_generic_multiply(int64_t k, const float *a, int64_t a_step, const float *b, int64_t b_rs,
                                             int64_t b_cs, tensorop_generic_sums sums) {
  tensorop_quad low0 = {0}, low1 = {0}, low2 = {0}, low3 = {0};
  tensorop_quad high0 = {0}, high1 = {0}, high2 = {0}, high3 = {0};
  for (int64_t p = 0; p < k; p++) {
    const tensorop_quad top = *(const tensorop_quad *)a, bottom = *(const tensorop_quad *)(a + 4);
    low0 += top * b[0];
    high0 += bottom * b[0];
    low1 += top * b[b_cs];
    high1 += bottom * b[b_cs];
    low2 += top * b[2 * b_cs];
    high2 += bottom * b[2 * b_cs];
    low3 += top * b[3 * b_cs];
    high3 += bottom * b[3 * b_cs];
    a += a_step;
    b += b_rs;
  }
  const tensorop_quad columns[TENSOROP_GENERIC_NR][2] = {{low0, high0}, {low1, high1}, {low2, high2}, {low3, high3}};
  memcpy(sums, columns, sizeof columns);
}

#endif
