/* CBLAS, the part of it that TensorOp has: a drop-in for the reference's cblas.h where only SGEMM is needed.
 *
 * Layouts, transposes and argument positions are the reference's. Beside cblas_sgemm stand the batched forms in use
 * (pointer groups, constant strides) and the 64-bit-integer names in use (cblas_sgemm_64 and cblas_sgemm64_ are one
 * function). A header of another CBLAS included before this one wins: its types and 32-bit declarations are used. */
#ifndef TENSOROP_CBLAS_H
#define TENSOROP_CBLAS_H

#include <stdint.h>

#include "tensorop/export.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef CBLAS_H
#define CBLAS_H

typedef enum CBLAS_LAYOUT { CblasRowMajor = 101, CblasColMajor = 102 } CBLAS_LAYOUT;
typedef enum CBLAS_TRANSPOSE { CblasNoTrans = 111, CblasTrans = 112, CblasConjTrans = 113 } CBLAS_TRANSPOSE;
#define CBLAS_ORDER CBLAS_LAYOUT

/* C = alpha * op(A) * op(B) + beta * C; op(A) is m x k, op(B) is k x n, C is m x n. */
TENSOROP_API void cblas_sgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m, int n, int k,
                              float alpha, const float *a, int lda, const float *b, int ldb, float beta, float *c,
                              int ldc);

/* Groups of products that share all but their matrices: group g has group_size[g] of them, and the arrays of matrices
 * hold those of group 0, then those of group 1 and so on. No two C may overlap. */
TENSOROP_API void cblas_sgemm_batch(CBLAS_LAYOUT layout, const CBLAS_TRANSPOSE *transa, const CBLAS_TRANSPOSE *transb,
                                    const int *m, const int *n, const int *k, const float *alpha, const float **a,
                                    const int *lda, const float **b, const int *ldb, const float *beta, float **c,
                                    const int *ldc, int group_count, const int *group_size);

/* batch_size products whose matrices lie stridea, strideb and stridec floats apart. No two C may overlap. */
TENSOROP_API void cblas_sgemm_batch_strided(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m,
                                            int n, int k, float alpha, const float *a, int lda, int stridea,
                                            const float *b, int ldb, int strideb, float beta, float *c, int ldc,
                                            int stridec, int batch_size);

/* Called with the first bad argument of a call, which then returns with C untouched. The library's own, which a program
 * may replace by defining it, prints and returns. `form` names the argument's position. `position` is the same, but for
 * cblas_sgemm it is the reference's: in a row-major call m and n, and lda and ldb, are numbered as the column-major
 * call with swapped operands has them. */
TENSOROP_API void cblas_xerbla(int position, const char *routine, const char *form, ...);

#endif

TENSOROP_API void cblas_sgemm_64(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int64_t m,
                                 int64_t n, int64_t k, float alpha, const float *a, int64_t lda, const float *b,
                                 int64_t ldb, float beta, float *c, int64_t ldc);
TENSOROP_API void cblas_sgemm64_(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int64_t m,
                                 int64_t n, int64_t k, float alpha, const float *a, int64_t lda, const float *b,
                                 int64_t ldb, float beta, float *c, int64_t ldc);

TENSOROP_API void cblas_sgemm_batch_64(CBLAS_LAYOUT layout, const CBLAS_TRANSPOSE *transa,
                                       const CBLAS_TRANSPOSE *transb, const int64_t *m, const int64_t *n,
                                       const int64_t *k, const float *alpha, const float **a, const int64_t *lda,
                                       const float **b, const int64_t *ldb, const float *beta, float **c,
                                       const int64_t *ldc, int64_t group_count, const int64_t *group_size);
TENSOROP_API void cblas_sgemm_batch64_(CBLAS_LAYOUT layout, const CBLAS_TRANSPOSE *transa,
                                       const CBLAS_TRANSPOSE *transb, const int64_t *m, const int64_t *n,
                                       const int64_t *k, const float *alpha, const float **a, const int64_t *lda,
                                       const float **b, const int64_t *ldb, const float *beta, float **c,
                                       const int64_t *ldc, int64_t group_count, const int64_t *group_size);

TENSOROP_API void cblas_sgemm_batch_strided_64(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb,
                                               int64_t m, int64_t n, int64_t k, float alpha, const float *a,
                                               int64_t lda, int64_t stridea, const float *b, int64_t ldb,
                                               int64_t strideb, float beta, float *c, int64_t ldc, int64_t stridec,
                                               int64_t batch_size);
TENSOROP_API void cblas_sgemm_batch_strided64_(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb,
                                               int64_t m, int64_t n, int64_t k, float alpha, const float *a,
                                               int64_t lda, int64_t stridea, const float *b, int64_t ldb,
                                               int64_t strideb, float beta, float *c, int64_t ldc, int64_t stridec,
                                               int64_t batch_size);

#ifdef __cplusplus
}
#endif

#endif
