/* The inner loop of a full tile, for packed operands and for operands in place. */
#ifndef TENSOROP_GENERIC_MULTIPLY_H
#define TENSOROP_GENERIC_MULTIPLY_H

#include "generic.h"

/* Two registers of four floats make a column of the tile on any machine with 128-bit vectors, and the compiler takes
 * them apart elsewhere. Operands are only as aligned as floats. */
typedef float tensorop_quad __attribute__((vector_size(16), aligned(4), may_alias));

/* Step p reads 8 floats at a + p * a_step, and B(p, j) at b[p * b_rs + j * b_cs]. */
static inline void tensorop_generic_multiply(int64_t k, const float *a, int64_t a_step, const float *b, int64_t b_rs,
                                             int64_t b_cs, tensorop_generic_sums sums) {
  tensorop_quad low[TENSOROP_GENERIC_NR] = {{0}}, high[TENSOROP_GENERIC_NR] = {{0}};
  for (int64_t p = 0; p < k; p++) {
    const tensorop_quad top = *(const tensorop_quad *)a, bottom = *(const tensorop_quad *)(a + 4);
    for (int j = 0; j < TENSOROP_GENERIC_NR; j++) {
      low[j] += top * b[j * b_cs];
      high[j] += bottom * b[j * b_cs];
    }
    a += a_step;
    b += b_rs;
  }
  for (int j = 0; j < TENSOROP_GENERIC_NR; j++) {
    *(tensorop_quad *)&sums[j][0] = low[j];
    *(tensorop_quad *)&sums[j][4] = high[j];
  }
}

#endif
