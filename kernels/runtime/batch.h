/* Many products in one call: groups of products that share all but their matrices. */
#ifndef TENSOROP_BATCH_H
#define TENSOROP_BATCH_H

#include "gemm.h"

/* The matrices of product i are a[i] or a + i * stride_a, and so on. */
typedef struct tensorop_group {
  tensorop_gemm call; /* canonical; its matrices are those of product 0 where strides are used */
  int64_t count;
  const float *const *a, *const *b; /* NULL: strides */
  float *const *c;
  int64_t stride_a, stride_b, stride_c;
} tensorop_group;

/* Group `index` of a batch, before which stand `first` products; `source` is the interface's. */
typedef tensorop_group (*tensorop_group_fn)(const void *source, int64_t index, int64_t first);

void tensorop_batch_run(int64_t groups, tensorop_group_fn group, const void *source, bool row_major);

#endif
