#include "check.h"

#define MOST_SIZE ((int64_t)1 << 30)
#define MOST_MEMORY ((int64_t)1 << 50) /* elements: more than any device addresses, and far from an overflow */

size_t tensorop_cuda_element(tensorop_cuda_operands operands) {
  return operands == TENSOROP_CUDA_SGEMM || operands == TENSOROP_CUDA_TF32GEMM ? 4 : 2;
}

static int is_size(int64_t size) { return size >= 0 && size <= MOST_SIZE; }

static int is_op(tensorop_cuda_op op) { return op == TENSOROP_CUDA_N || op == TENSOROP_CUDA_T; }

/* The last of so many columns must be within reach. */
static int is_ld(int64_t ld, int64_t rows, int64_t columns) {
  return ld >= rows && ld >= 1 && ld <= MOST_MEMORY / (columns > 0 ? columns : 1);
}

static int is_stride(int64_t stride, int64_t batch) {
  const int64_t most = MOST_MEMORY / (batch > 0 ? batch : 1);
  return batch == 1 || (stride >= -most && stride <= most);
}

static int is_aligned(const void *pointer, size_t bytes) { return (uintptr_t)pointer % bytes == 0; }

tensorop_cuda_status tensorop_cuda_check_sizes(tensorop_cuda_operands operands, int64_t m, int64_t n, int64_t k,
                                               int64_t batch) {
  const int known = operands >= TENSOROP_CUDA_SGEMM && operands <= TENSOROP_CUDA_BF16GEMM;
  const int fits = known && is_size(m) && is_size(n) && is_size(k) && is_size(batch);
  /* The smallest tiles are 16 x 16; blocks are counted with 31 bits. */
  if (!fits || (m / 16 + 1) * (n / 16 + 1) > INT32_MAX) return TENSOROP_CUDA_BAD_SIZE;
  return m * n == 0 || batch <= MOST_MEMORY / (m * n) ? TENSOROP_CUDA_OK : TENSOROP_CUDA_BAD_SIZE;
}

tensorop_cuda_status tensorop_cuda_check(const tensorop_cuda_call *call) {
  if (!is_op(call->op_a) || !is_op(call->op_b)) return TENSOROP_CUDA_BAD_TRANSPOSE;
  const tensorop_cuda_status sizes = tensorop_cuda_check_sizes(call->operands, call->m, call->n, call->k, call->batch);
  if (sizes != TENSOROP_CUDA_OK) return sizes;
  const int64_t rows_a = call->op_a == TENSOROP_CUDA_T ? call->k : call->m;
  const int64_t rows_b = call->op_b == TENSOROP_CUDA_T ? call->n : call->k;
  if (!is_ld(call->lda, rows_a, call->m + call->k - rows_a) || !is_ld(call->ldb, rows_b, call->n + call->k - rows_b) ||
      !is_ld(call->ldc, call->m, call->n) || !is_stride(call->stride_a, call->batch) ||
      !is_stride(call->stride_b, call->batch) || !is_stride(call->stride_c, call->batch)) {
    return TENSOROP_CUDA_BAD_LD;
  }
  const size_t element = tensorop_cuda_element(call->operands);
  const int writes = call->m > 0 && call->n > 0 && call->batch > 0;
  const int reads = writes && call->k > 0 && call->alpha != 0;
  if ((writes && !call->c) || (reads && (!call->a || !call->b))) return TENSOROP_CUDA_NULL_POINTER;
  if (!is_aligned(call->c, element) || !is_aligned(call->a, element) || !is_aligned(call->b, element) ||
      !is_aligned(call->workspace.memory, 16)) {
    return TENSOROP_CUDA_MISALIGNED;
  }
  return TENSOROP_CUDA_OK;
}
