/* Which variant computes a product, and how it is cut: plain arithmetic that needs no GPU. */
#ifndef TENSOROP_CUDA_PLAN_H
#define TENSOROP_CUDA_PLAN_H

#include "variant.h"

/* capability: 86 for 8.6. shared: bytes that a block may have. table: what there is to choose from. clusters: of each
 * variant of tensorop_cuda_table, as many as run at a time; 0 where none does. */
typedef struct tensorop_cuda_device {
  int capability, multiprocessors;
  size_t shared;
  const tensorop_cuda_row *table;
  int rows;
  int *clusters;
} tensorop_cuda_device;

/* One call. odd: columns of A or B do not begin at multiples of 16 bytes. */
typedef struct tensorop_cuda_problem {
  tensorop_cuda_operands operands;
  int trans_a, trans_b, odd;
  int64_t m, n, k, batch;
} tensorop_cuda_problem;

/* variant: NULL where none can run. workspace: bytes that the splits need. */
typedef struct tensorop_cuda_plan {
  const tensorop_cuda_variant *variant;
  int32_t tiles_m, tiles_n, splits, k_per_split;
  size_t workspace;
} tensorop_cuda_plan;

/* The plan that should take the fewest clocks with at most this workspace. */
tensorop_cuda_plan tensorop_cuda_choose(const tensorop_cuda_device *device, const tensorop_cuda_problem *problem,
                                        size_t workspace);

/* Elements from one column of the splits' sums to the next. */
static inline int64_t tensorop_cuda_partial_ld(int64_t m) { return (m + 3) / 4 * 4; }

#endif
