/* Single-precision matrix product: the Fortran BLAS entry points, and operands packed once for many products. */
#ifndef TENSOROP_SGEMM_H
#define TENSOROP_SGEMM_H

#include <stddef.h>
#include <stdint.h>

#include "tensorop/cblas.h"
#include "tensorop/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Fortran BLAS: C = alpha * op(A) * op(B) + beta * C, all column-major. transa, transb: N, T or C in either case; the
 * hidden length arguments of a Fortran caller are not needed. */
TENSOROP_API void sgemm_(const char *transa, const char *transb, const int *m, const int *n, const int *k,
                         const float *alpha, const float *a, const int *lda, const float *b, const int *ldb,
                         const float *beta, float *c, const int *ldc);
TENSOROP_API void sgemm_64_(const char *transa, const char *transb, const int64_t *m, const int64_t *n,
                            const int64_t *k, const float *alpha, const float *a, const int64_t *lda, const float *b,
                            const int64_t *ldb, const float *beta, float *c, const int64_t *ldc);

/* Called with the number of the first bad argument of sgemm_ or sgemm_64_, which then returns with C untouched. The
 * library's own, which a program may replace by defining it, prints and returns. `routine` is not terminated. */
TENSOROP_API void xerbla_(const char *routine, const int *info, size_t routine_length);

/* One operand in the kernels' own order, a copy. It holds for the CPU and the process it was made in. Any number of
 * threads may use one at a time. */
typedef struct tensorop_packed tensorop_packed;
typedef enum tensorop_operand { TENSOROP_A = 1, TENSOROP_B = 2 } tensorop_operand;

/* Packs op(X), rows x columns, to stand as op(A) or op(B). NULL where memory is short, or an argument is bad: that was
 * reported to cblas_xerbla. */
TENSOROP_API tensorop_packed *tensorop_sgemm_pack(CBLAS_LAYOUT layout, tensorop_operand operand, CBLAS_TRANSPOSE trans,
                                                  int64_t rows, int64_t columns, const float *x, int64_t ldx);
TENSOROP_API void tensorop_packed_free(tensorop_packed *packed);

/* With a packed A (m x k):  C = alpha * A * op(X) + beta * C, op(X) is k x extent, C is m x extent.
 * With a packed B (k x n):  C = alpha * op(X) * B + beta * C, op(X) is extent x k, C is extent x n.
 * X and C have the layout that the operand was packed with. 0 when done; -1 with C untouched where memory is short, or
 * an argument is bad: that was reported to cblas_xerbla. */
TENSOROP_API int tensorop_sgemm_packed(const tensorop_packed *packed, CBLAS_TRANSPOSE trans, int64_t extent,
                                       float alpha, const float *x, int64_t ldx, float beta, float *c, int64_t ldc);

#ifdef __cplusplus
}
#endif

#endif
