#include "arguments.h"
#include "batch.h"

static const char NAME[] = "cblas_sgemm_batch_strided";

/* Strides stand between the matrices, so that the positions from lda on differ from those of cblas_sgemm. */
static int callers(CBLAS_LAYOUT layout, int sgemm_position) {
  const int position = tensorop_callers_position(layout, sgemm_position);
  switch (position) {
    case 11: return 12; /* ldb */
    case 14: return 16; /* ldc */
    default: return position;
  }
}

static tensorop_group group(const void *source, int64_t index, int64_t first) {
  (void)index, (void)first; /* there is but one */
  return *(const tensorop_group *)source;
}

static inline void run(CBLAS_LAYOUT layout, tensorop_sgemm s, int64_t stridea, int64_t strideb, int64_t stridec,
                       int64_t count) {
  const int position = tensorop_cblas_position(layout, &s);
  if (position || count < 0) {
    const int reported = position ? callers(layout, position) : 18;
    tensorop_report(NAME, reported, reported);
    return;
  }
  const bool row_major = layout == CblasRowMajor;
  const tensorop_group one = {.call = tensorop_canonical(&s),
                              .count = count,
                              .stride_a = row_major ? strideb : stridea,
                              .stride_b = row_major ? stridea : strideb,
                              .stride_c = stridec};
  tensorop_batch_run(1, group, &one, row_major);
}

void cblas_sgemm_batch_strided(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m, int n, int k,
                               float alpha, const float *a, int lda, int stridea, const float *b, int ldb, int strideb,
                               float beta, float *c, int ldc, int stridec, int batch_size) {
  const tensorop_sgemm s = {
      tensorop_trans_of_enum(transa), tensorop_trans_of_enum(transb), m, n, k, alpha, a, lda, b, ldb, beta, c, ldc};
  run(layout, s, stridea, strideb, stridec, batch_size);
}

void cblas_sgemm_batch_strided_64(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int64_t m,
                                  int64_t n, int64_t k, float alpha, const float *a, int64_t lda, int64_t stridea,
                                  const float *b, int64_t ldb, int64_t strideb, float beta, float *c, int64_t ldc,
                                  int64_t stridec, int64_t batch_size) {
  const tensorop_sgemm s = {
      tensorop_trans_of_enum(transa), tensorop_trans_of_enum(transb), m, n, k, alpha, a, lda, b, ldb, beta, c, ldc};
  run(layout, s, stridea, strideb, stridec, batch_size);
}

void cblas_sgemm_batch_strided64_(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int64_t m,
                                  int64_t n, int64_t k, float alpha, const float *a, int64_t lda, int64_t stridea,
                                  const float *b, int64_t ldb, int64_t strideb, float beta, float *c, int64_t ldc,
                                  int64_t stridec, int64_t batch_size)
    __attribute__((alias("cblas_sgemm_batch_strided_64")));
