#include "generic.h"
#include "multiply.h"

void tensorop_generic_store(tensorop_generic_sums sums, float *c, int64_t ldc, const tensorop_tile *tile) {
  for (int64_t j = 0; j < tile->n; j++) {
    float *const column = c + j * ldc;
    if (tile->beta == 0.0F) {
      for (int64_t i = 0; i < tile->m; i++) column[i] = tile->alpha * sums[j][i];
    } else {
      for (int64_t i = 0; i < tile->m; i++) column[i] = tile->alpha * sums[j][i] + tile->beta * column[i];
    }
  }
}

void tensorop_generic_compute(int64_t kc, const float *a, const float *b, float *c, int64_t ldc,
                              const tensorop_tile *tile) {
  tensorop_generic_sums sums;
  tensorop_generic_multiply(kc, a, TENSOROP_GENERIC_MR, b, TENSOROP_GENERIC_NR, 1, sums);
  tensorop_generic_store(sums, c, ldc, tile);
}
