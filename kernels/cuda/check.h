/* What is wrong with the arguments of a call; needs no GPU. */
#ifndef TENSOROP_CUDA_CHECK_H
#define TENSOROP_CUDA_CHECK_H

#include "variant.h"

typedef struct tensorop_cuda_call {
  tensorop_cuda_operands operands;
  tensorop_cuda_op op_a, op_b;
  int64_t m, n, k, batch;
  float alpha, beta;
  const void *a, *b;
  void *c;
  int64_t lda, ldb, ldc, stride_a, stride_b, stride_c;
  tensorop_cuda_workspace workspace;
} tensorop_cuda_call;

/* Bytes of an element of A, B and C. */
size_t tensorop_cuda_element(tensorop_cuda_operands operands);

tensorop_cuda_status tensorop_cuda_check(const tensorop_cuda_call *call);

/* The same for sizes alone. */
tensorop_cuda_status tensorop_cuda_check_sizes(tensorop_cuda_operands operands, int64_t m, int64_t n, int64_t k,
                                               int64_t batch);

#endif
