/* GEMM on NVIDIA GPUs (compute capability 8.0 and later): C = alpha * op(A) * op(B) + beta * C.
 *
 * Matrices are column-major in device memory: op(A) is m x k, op(B) k x n, C m x n. As in BLAS, beta = 0 does not read C,
 * and alpha = 0 reads neither A nor B. Results do not depend on the run: the order of additions is fixed by sizes,
 * alignment, device and workspace. Calls only launch kernels on the stream: they allocate nothing and wait for nothing,
 * and may be captured into a CUDA graph. This header needs no CUDA. */
#ifndef TENSOROP_CUDA_H
#define TENSOROP_CUDA_H

#include <stddef.h>
#include <stdint.h>

#include "tensorop/export.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tensorop_cuda_status {
  TENSOROP_CUDA_OK = 0,
  TENSOROP_CUDA_NULL_HANDLE,
  TENSOROP_CUDA_BAD_TRANSPOSE,
  TENSOROP_CUDA_BAD_SIZE,      /* negative, more than 2^30, or so that no memory could hold C */
  TENSOROP_CUDA_BAD_LD,        /* smaller than the rows that are stored; or, strides too, beyond any memory */
  TENSOROP_CUDA_NULL_POINTER,  /* of a matrix that would be read or written */
  TENSOROP_CUDA_MISALIGNED,    /* a matrix not at a multiple of its elements' size, the workspace not of 16 bytes */
  TENSOROP_CUDA_NO_DEVICE,     /* no GPU, or not that many */
  TENSOROP_CUDA_OLD_DRIVER,    /* older than the CUDA runtime of this library */
  TENSOROP_CUDA_UNSUPPORTED,   /* the GPU is older than the kernels, or too little of it is free for them */
  TENSOROP_CUDA_OUT_OF_MEMORY, /* of the host, in tensorop_cuda_create */
  TENSOROP_CUDA_FAILED         /* CUDA refused a launch, or an earlier error of the program surfaced in it */
} tensorop_cuda_status;

/* What a status means, in a sentence. */
TENSOROP_API const char *tensorop_cuda_status_text(tensorop_cuda_status status);

typedef enum tensorop_cuda_op { TENSOROP_CUDA_N = 0, TENSOROP_CUDA_T = 1 } tensorop_cuda_op; /* X, or X transposed */

/* Facts of one device. Any number of threads may use it at a time. */
typedef struct tensorop_cuda_context *tensorop_cuda_handle;

/* Makes a handle of a device, as cudaSetDevice counts them; the device that was current stays so. */
TENSOROP_API tensorop_cuda_status tensorop_cuda_create(tensorop_cuda_handle *handle, int device);
TENSOROP_API void tensorop_cuda_destroy(tensorop_cuda_handle handle);

/* A cudaStream_t, of the handle's device, which must be current when a call is made; NULL is the default stream. */
typedef struct CUstream_st *tensorop_cuda_stream;

/* Device memory for the sums of parts of k, at a multiple of 16 bytes, which the call's kernels use until they are done.
 * Small outputs are faster with it; {NULL, 0} is always right. */
typedef struct tensorop_cuda_workspace {
  void *memory;
  size_t bytes;
} tensorop_cuda_workspace;

typedef enum tensorop_cuda_operands {
  TENSOROP_CUDA_SGEMM,    /* f32, on CUDA cores */
  TENSOROP_CUDA_TF32GEMM, /* f32 of which Tensor Cores multiply the first ten bits of the fraction */
  TENSOROP_CUDA_HGEMM,    /* f16 */
  TENSOROP_CUDA_BF16GEMM  /* bf16 */
} tensorop_cuda_operands;

/* The most bytes of workspace that a call with these sizes can use; one matrix is a batch of 1. */
TENSOROP_API tensorop_cuda_status tensorop_cuda_workspace_size(tensorop_cuda_handle handle,
                                                               tensorop_cuda_operands operands, int64_t m, int64_t n,
                                                               int64_t k, int64_t batch, size_t *bytes);

/* alpha, beta and all sums are f32 whatever the type of the matrices, which all three share. */
TENSOROP_API tensorop_cuda_status tensorop_cuda_sgemm(tensorop_cuda_handle handle, tensorop_cuda_stream stream,
                                                      tensorop_cuda_op op_a, tensorop_cuda_op op_b, int64_t m,
                                                      int64_t n, int64_t k, float alpha, const float *a, int64_t lda,
                                                      const float *b, int64_t ldb, float beta, float *c, int64_t ldc,
                                                      tensorop_cuda_workspace workspace);
TENSOROP_API tensorop_cuda_status tensorop_cuda_tf32gemm(tensorop_cuda_handle handle, tensorop_cuda_stream stream,
                                                         tensorop_cuda_op op_a, tensorop_cuda_op op_b, int64_t m,
                                                         int64_t n, int64_t k, float alpha, const float *a, int64_t lda,
                                                         const float *b, int64_t ldb, float beta, float *c, int64_t ldc,
                                                         tensorop_cuda_workspace workspace);
/* Elements are those of CUDA's __half. */
TENSOROP_API tensorop_cuda_status tensorop_cuda_hgemm(tensorop_cuda_handle handle, tensorop_cuda_stream stream,
                                                      tensorop_cuda_op op_a, tensorop_cuda_op op_b, int64_t m,
                                                      int64_t n, int64_t k, float alpha, const void *a, int64_t lda,
                                                      const void *b, int64_t ldb, float beta, void *c, int64_t ldc,
                                                      tensorop_cuda_workspace workspace);
/* Elements are those of CUDA's __nv_bfloat16. */
TENSOROP_API tensorop_cuda_status tensorop_cuda_bf16gemm(tensorop_cuda_handle handle, tensorop_cuda_stream stream,
                                                         tensorop_cuda_op op_a, tensorop_cuda_op op_b, int64_t m,
                                                         int64_t n, int64_t k, float alpha, const void *a, int64_t lda,
                                                         const void *b, int64_t ldb, float beta, void *c, int64_t ldc,
                                                         tensorop_cuda_workspace workspace);

/* A batch: matrix i is at a + i * stride_a and so on, strides in elements, zero for an operand that all share. */
TENSOROP_API tensorop_cuda_status tensorop_cuda_gemm_strided_batch(
    tensorop_cuda_handle handle, tensorop_cuda_stream stream, tensorop_cuda_operands operands, tensorop_cuda_op op_a,
    tensorop_cuda_op op_b, int64_t m, int64_t n, int64_t k, float alpha, const void *a, int64_t lda, int64_t stride_a,
    const void *b, int64_t ldb, int64_t stride_b, float beta, void *c, int64_t ldc, int64_t stride_c, int64_t batch,
    tensorop_cuda_workspace workspace);

#ifdef __cplusplus
}
#endif

#endif
