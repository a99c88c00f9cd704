/* Shares cover C once, begin at grains, and are as even as the grains allow. */
#include <stdlib.h>

#include "check.h"
#include "split.h"

static void check_cover(int64_t m, int64_t n, int threads, const tensorop_instance *instance) {
  float *const c = calloc((size_t)(m * n), sizeof *c);
  float element = 0.0F;
  const tensorop_gemm call = {.m = m, .n = n, .k = 1, .a = {&element, 0, 0}, .b = {&element, 0, 0}, .c = c, .ldc = m};
  const tensorop_grid grid = tensorop_choose_grid(&call, instance, threads);
  CHECK(grid.rows * grid.columns <= threads, "%d x %d for %d threads", grid.rows, grid.columns, threads);
  for (int t = 0; t < threads; t++) {
    tensorop_gemm share;
    if (!tensorop_share(&call, instance, grid, t, &share)) continue;
    const int64_t row = (share.c - c) % m, column = (share.c - c) / m;
    CHECK(row % instance->m_grain == 0 && column % instance->n_grain == 0, "begins at %d %d", (int)row, (int)column);
    for (int64_t j = 0; j < share.n; j++) {
      for (int64_t i = 0; i < share.m; i++) share.c[i + j * m] += 1.0F;
    }
  }
  int wrong = 0;
  for (int64_t i = 0; i < m * n; i++) wrong += c[i] != 1.0F;
  CHECK(wrong == 0, "%d elements not covered once: m %d n %d threads %d", wrong, (int)m, (int)n, threads);
  free(c);
}

static void check_grid(int64_t m, int64_t n, int threads, int rows, int columns) {
  const tensorop_instance instance = {.m_grain = 16, .n_grain = 4};
  const tensorop_gemm call = {.m = m, .n = n, .k = 64};
  const tensorop_grid grid = tensorop_choose_grid(&call, &instance, threads);
  CHECK(grid.rows == rows && grid.columns == columns, "%d x %d on %d threads: %d x %d", (int)m, (int)n, threads,
        grid.rows, grid.columns);
}

int main(void) {
  static const int64_t extents[] = {1, 5, 31, 48, 100};
  const tensorop_instance instances[] = {{.m_grain = 16, .n_grain = 4}, {.m_grain = 48, .n_grain = 8}};
  for (int i = 0; i < 25; i++) {
    for (int threads = 1; threads < 10; threads++)
      check_cover(extents[i / 5], extents[i % 5], threads, &instances[i % 2]);
  }
  check_grid(1024, 1024, 4, 2, 2);
  check_grid(4096, 64, 4, 4, 1);
  check_grid(64, 4096, 4, 1, 4);
  check_grid(16, 4096, 2, 1, 2);
  check_grid(4096, 4, 2, 2, 1);
  return finish();
}
