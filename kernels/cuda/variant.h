/* What the library and a GEMM kernel for GPUs know of each other. All matrices are column-major, in device memory. */
#ifndef TENSOROP_CUDA_VARIANT_H
#define TENSOROP_CUDA_VARIANT_H

#include <stddef.h>
#include <stdint.h>

#include "tensorop/cuda.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How a kernel takes its operands. SIMT, MMA: by pointers. TMA: by tensor maps, which the library makes. */
typedef enum tensorop_cuda_kind { TENSOROP_CUDA_SIMT, TENSOROP_CUDA_MMA, TENSOROP_CUDA_TMA } tensorop_cuda_kind;

/* The argument of a kernel: C = alpha * op(A) * op(B) + beta * C for each matrix of a batch; strides in elements.
 * The grid of SIMT and MMA is x: tiles of C, y: splits of k, z: matrices; a TMA kernel walks through them itself.
 * With several splits, split s of matrix b writes its sums to partial[(b * splits + s) * n * ldp + i + j * ldp] and leaves
 * alpha, beta and C to the reduction. */
typedef struct tensorop_cuda_gemm {
  const void *a, *b;
  void *c;
  int64_t lda, ldb, ldc, stride_a, stride_b, stride_c;
  int32_t m, n, k;
  float alpha, beta;
  float *partial;
  int64_t ldp;
  int32_t splits, k_per_split; /* k_per_split: a multiple of the variant's bk */
  int32_t tiles_m, tiles_n, batch;
  int32_t vector_c; /* columns of C begin at multiples of 16 bytes */
} tensorop_cuda_gemm;

/* One kernel with all its instances: kernels[op(A) is A^T][op(B) is B^T][odd], where odd says that the columns of A and B
 * do not begin at multiples of 16 bytes (or are terabytes apart); NULL where there is none.
 * bm, bn, bk: the tile of a block; blocks: of them that one multiprocessor runs at a time; shared: bytes of dynamic
 * shared memory. cluster: neighbouring blocks along m that share tiles of B. */
typedef struct tensorop_cuda_variant {
  const char *name;
  tensorop_cuda_operands operands;
  tensorop_cuda_kind kind;
  int bm, bn, bk, threads, blocks, cluster;
  size_t shared;
  const void *kernels[2][2][2];
} tensorop_cuda_variant;

/* A variant on devices from this compute capability on (86 for 8.6), up to the next for which there are rows.
 * rate: multiply-adds a clock that a multiprocessor reaches with it. */
typedef struct tensorop_cuda_row {
  int capability;
  const tensorop_cuda_variant *variant;
  float rate;
} tensorop_cuda_row;

/* Generated: all variants there are, by ascending capability. */
extern const tensorop_cuda_row tensorop_cuda_table[];
extern const int tensorop_cuda_rows;

/* Adds the splits' sums: C = alpha * sum + beta * C; for f32 (TF32 too), f16 and bf16 matrices. Its block has
 * TENSOROP_CUDA_REDUCE threads, its grid x: so many rows of C, y: columns, z: matrices. */
extern const void *const tensorop_cuda_reduce[4];
#define TENSOROP_CUDA_REDUCE 128

#ifdef __cplusplus
}
#endif

#endif
