#include "check.h"
#include "context.h"
#include "launch.h"

/* Not at multiples of 16 bytes, or further apart than a tensor map can say: for kernels that take any operand. */
static int odd(const void *x, int64_t ld, int64_t stride, size_t element) {
  const uint64_t apart = (uint64_t)ld * element | (uint64_t)stride * element;
  return ((uint64_t)(uintptr_t)x | apart) % 16 != 0 || apart >> 40 != 0;
}

static tensorop_cuda_status run(tensorop_cuda_handle handle, tensorop_cuda_stream stream, tensorop_cuda_call call) {
  if (!handle) return TENSOROP_CUDA_NULL_HANDLE;
  const tensorop_cuda_status status = tensorop_cuda_check(&call);
  if (status != TENSOROP_CUDA_OK || call.m == 0 || call.n == 0 || call.batch == 0) return status;
  if (call.alpha == 0) call.k = 0;
  if (call.k == 0) call.alpha = 0; /* an infinite alpha has nothing to multiply */
  if (call.batch == 1) call.stride_a = call.stride_b = call.stride_c = 0;
  const size_t element = tensorop_cuda_element(call.operands);
  const tensorop_cuda_problem problem = {
      .operands = call.operands,
      .trans_a = call.op_a == TENSOROP_CUDA_T,
      .trans_b = call.op_b == TENSOROP_CUDA_T,
      .odd = odd(call.a, call.lda, call.stride_a, element) || odd(call.b, call.ldb, call.stride_b, element),
      .m = call.m,
      .n = call.n,
      .k = call.k,
      .batch = call.batch,
  };
  const size_t workspace = call.workspace.memory ? call.workspace.bytes : 0;
  const tensorop_cuda_plan plan = tensorop_cuda_choose(&handle->device, &problem, workspace);
  return plan.variant ? tensorop_cuda_launch(&handle->device, stream, &call, &problem, &plan)
                      : TENSOROP_CUDA_UNSUPPORTED;
}

tensorop_cuda_status tensorop_cuda_workspace_size(tensorop_cuda_handle handle, tensorop_cuda_operands operands,
                                                  int64_t m, int64_t n, int64_t k, int64_t batch, size_t *bytes) {
  if (!handle) return TENSOROP_CUDA_NULL_HANDLE;
  if (!bytes) return TENSOROP_CUDA_NULL_POINTER;
  const tensorop_cuda_status status = tensorop_cuda_check_sizes(operands, m, n, k, batch);
  if (status != TENSOROP_CUDA_OK) return status;
  *bytes = 0;
  if (m == 0 || n == 0 || batch == 0) return status;
  for (int i = 0; i < 8; ++i) {
    const tensorop_cuda_problem problem = {operands, i / 4, i / 2 % 2, i % 2, m, n, k, batch};
    const tensorop_cuda_plan plan = tensorop_cuda_choose(&handle->device, &problem, SIZE_MAX);
    if (plan.workspace > *bytes) *bytes = plan.workspace;
  }
  return status;
}

tensorop_cuda_status tensorop_cuda_gemm_strided_batch(tensorop_cuda_handle handle, tensorop_cuda_stream stream,
                                                      tensorop_cuda_operands operands, tensorop_cuda_op op_a,
                                                      tensorop_cuda_op op_b, int64_t m, int64_t n, int64_t k,
                                                      float alpha, const void *a, int64_t lda, int64_t stride_a,
                                                      const void *b, int64_t ldb, int64_t stride_b, float beta, void *c,
                                                      int64_t ldc, int64_t stride_c, int64_t batch,
                                                      tensorop_cuda_workspace workspace) {
  return run(handle, stream,
             (tensorop_cuda_call){operands, op_a, op_b, m, n, k, batch, alpha, beta, a, b, c, lda, ldb, ldc, stride_a,
                                  stride_b, stride_c, workspace});
}

#define ONE_MATRIX(name, operands, type)                                                                             \
  tensorop_cuda_status name(tensorop_cuda_handle handle, tensorop_cuda_stream stream, tensorop_cuda_op op_a,         \
                            tensorop_cuda_op op_b, int64_t m, int64_t n, int64_t k, float alpha, const type *a,      \
                            int64_t lda, const type *b, int64_t ldb, float beta, type *c, int64_t ldc,               \
                            tensorop_cuda_workspace workspace) {                                                     \
    return tensorop_cuda_gemm_strided_batch(handle, stream, operands, op_a, op_b, m, n, k, alpha, a, lda, 0, b, ldb, \
                                            0, beta, c, ldc, 0, 1, workspace);                                       \
  }
ONE_MATRIX(tensorop_cuda_sgemm, TENSOROP_CUDA_SGEMM, float)
ONE_MATRIX(tensorop_cuda_tf32gemm, TENSOROP_CUDA_TF32GEMM, float)
ONE_MATRIX(tensorop_cuda_hgemm, TENSOROP_CUDA_HGEMM, void)
ONE_MATRIX(tensorop_cuda_bf16gemm, TENSOROP_CUDA_BF16GEMM, void)
