#include "split.h"

/* Packing one float costs about as much as this many multiply-adds: both operands of a share are packed by its thread,
 * so shares near to square pack the least. */
static const double PACKING = 16.0;

static int64_t units(int64_t total, int64_t grain) { return (total + grain - 1) / grain; }

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* Extent of the largest of `parts` ranges of `total`. */
static double largest(int64_t total, int64_t grain, int parts) {
  return (double)smaller(total, units(units(total, grain), parts) * grain);
}

tensorop_grid tensorop_choose_grid(const tensorop_gemm *call, const tensorop_instance *instance, int threads) {
  tensorop_grid best = {1, 1};
  double least = 0.0;
  for (int rows = 1; rows <= threads; rows++) {
    const int columns = threads / rows;
    const double m = largest(call->m, instance->m_grain, rows), n = largest(call->n, instance->n_grain, columns);
    const double cost = m * n + PACKING * (m + n);
    if (rows == 1 || cost < least) {
      best = (tensorop_grid){rows, columns};
      least = cost;
    }
  }
  return best;
}

/* Range `part` of `parts`, cut at grains: its first element, and in *extent how many. */
static int64_t range(int64_t total, int64_t grain, int part, int parts, int64_t *extent) {
  const int64_t count = units(total, grain);
  const int64_t begin = smaller(total, count * part / parts * grain);
  const int64_t end = smaller(total, count * (part + 1) / parts * grain);
  *extent = end - begin;
  return begin;
}

bool tensorop_share(const tensorop_gemm *call, const tensorop_instance *instance, tensorop_grid grid, int index,
                    tensorop_gemm *share) {
  if (index >= grid.rows * grid.columns) return false;
  *share = *call;
  const int64_t row = range(call->m, instance->m_grain, index % grid.rows, grid.rows, &share->m);
  const int64_t column = range(call->n, instance->n_grain, index / grid.rows, grid.columns, &share->n);
  if (call->packed_a) {
    share->row0 += row;
  } else {
    share->a.data += row * call->a.rs;
  }
  if (call->packed_b) {
    share->col0 += column;
  } else {
    share->b.data += column * call->b.cs;
  }
  share->c += row + column * call->ldc;
  return share->m > 0 && share->n > 0;
}
