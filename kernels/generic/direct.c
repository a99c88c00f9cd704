#include "generic.h"
#include "multiply.h"

enum { MR = TENSOROP_GENERIC_MR, NR = TENSOROP_GENERIC_NR };

/* The same sums in the same order where the tile is at an edge. */
static void multiply_edge(int64_t m, int64_t n, int64_t k, const tensorop_src *a, const tensorop_src *b,
                          tensorop_generic_sums sums) {
  for (int64_t j = 0; j < n; j++) {
    for (int64_t i = 0; i < m; i++) sums[j][i] = 0.0F;
  }
  for (int64_t p = 0; p < k; p++) {
    const float *const column = a->data + p * a->cs;
    for (int64_t j = 0; j < n; j++) {
      const float factor = b->data[p * b->rs + j * b->cs];
      for (int64_t i = 0; i < m; i++) sums[j][i] += column[i] * factor;
    }
  }
}

void tensorop_generic_direct(int64_t k, const tensorop_src *a, const tensorop_src *b, float *c, int64_t ldc,
                             const tensorop_tile *tile) {
  tensorop_generic_sums sums;
  if (tile->m == MR && tile->n == NR) {
    tensorop_generic_multiply(k, a->data, a->cs, b->data, b->rs, b->cs, sums);
  } else {
    multiply_edge(tile->m, tile->n, k, a, b, sums);
  }
  tensorop_generic_store(sums, c, ldc, tile);
}

/* Few enough columns of A at a time for their cache lines to stay from one tile of rows to the next. */
void tensorop_generic_stream(int64_t k, const tensorop_src *a, const tensorop_src *b, float *c, int64_t ldc,
                             const tensorop_tile *tile) {
  for (int64_t i = 0; i < tile->m; i += MR) {
    const tensorop_src rows = {a->data + i, 1, a->cs};
    tensorop_tile part = *tile;
    part.m = tile->m - i < MR ? tile->m - i : MR;
    tensorop_generic_direct(k, &rows, b, c + i, ldc, &part);
  }
}
