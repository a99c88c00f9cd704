/* Arguments of the BLAS interfaces: checked in the reference's order and turned into canonical form. */
#ifndef TENSOROP_ARGUMENTS_H
#define TENSOROP_ARGUMENTS_H

#include "gemm.h"
#include "tensorop/tensorop.h"

/* 0: as it is, 1: transposed, -1: not a transpose. */
static inline int tensorop_trans_of_char(char trans) {
  switch (trans) {
    case 'N':
    case 'n': return 0;
    case 'T':
    case 't':
    case 'C':
    case 'c': return 1;
    default: return -1;
  }
}

static inline int tensorop_trans_of_enum(CBLAS_TRANSPOSE trans) {
  switch ((int)trans) {
    case CblasNoTrans: return 0;
    case CblasTrans:
    case CblasConjTrans: return 1;
    default: return -1;
  }
}

/* A column-major SGEMM as its caller wrote it. */
typedef struct tensorop_sgemm {
  int transa, transb;
  int64_t m, n, k;
  float alpha;
  const float *a;
  int64_t lda;
  const float *b;
  int64_t ldb;
  float beta;
  float *c;
  int64_t ldc;
} tensorop_sgemm;

static inline bool tensorop_bad_layout(CBLAS_LAYOUT layout) {
  return layout != CblasRowMajor && layout != CblasColMajor;
}

static inline bool tensorop_bad_ld(int64_t ld, int64_t rows) { return ld < rows || ld < 1; }

/* The reference's number of the first bad argument, 0 if there is none. */
static inline int tensorop_sgemm_info(const tensorop_sgemm *s) {
  if (s->transa < 0) return 1;
  if (s->transb < 0) return 2;
  if (s->m < 0) return 3;
  if (s->n < 0) return 4;
  if (s->k < 0) return 5;
  if (tensorop_bad_ld(s->lda, s->transa ? s->k : s->m)) return 8;
  if (tensorop_bad_ld(s->ldb, s->transb ? s->n : s->k)) return 10;
  if (tensorop_bad_ld(s->ldc, s->m)) return 13;
  return 0;
}

/* op(X) of a column-major X. */
static inline tensorop_src tensorop_op(const float *x, int trans, int64_t ld) {
  return trans ? (tensorop_src){x, ld, 1} : (tensorop_src){x, 1, ld};
}

static inline tensorop_gemm tensorop_canonical(const tensorop_sgemm *s) {
  return (tensorop_gemm){.m = s->m,
                         .n = s->n,
                         .k = s->k,
                         .alpha = s->alpha,
                         .beta = s->beta,
                         .a = tensorop_op(s->a, s->transa, s->lda),
                         .b = tensorop_op(s->b, s->transb, s->ldb),
                         .c = s->c,
                         .ldc = s->ldc};
}

/* Checks CBLAS arguments, `s` holding them as the caller wrote them (m, n, lda and ldb its own), and makes `s` the
 * column-major call: the row-major product is that of the transposes, C^T = op(B)^T * op(A)^T. Returns the reference's
 * position of the first bad argument, which is that of the swapped call plus one for the layout; 0 if there is none. */
static inline int tensorop_cblas_position(CBLAS_LAYOUT layout, tensorop_sgemm *s) {
  if (tensorop_bad_layout(layout)) return 1;
  if (s->transa < 0) return 2;
  if (s->transb < 0) return 3;
  if (layout == CblasRowMajor) {
    *s = (tensorop_sgemm){s->transb, s->transa, s->n,   s->m,    s->k, s->alpha, s->b,
                          s->ldb,    s->a,      s->lda, s->beta, s->c, s->ldc};
  }
  const int info = tensorop_sgemm_info(s);
  return info ? info + 1 : 0;
}

/* Reports to xerbla_. */
void tensorop_report_fortran(int info);

/* Reports to cblas_xerbla a bad argument at `position`; callers_position is where the caller wrote it. Both are the
 * same for all routines that the reference has not. */
void tensorop_report(const char *routine, int position, int callers_position);

/* Where the caller wrote what tensorop_cblas_position() found. */
int tensorop_callers_position(CBLAS_LAYOUT layout, int position);

#endif
