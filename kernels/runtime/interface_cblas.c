#include "arguments.h"

static inline void run(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int64_t m, int64_t n,
                       int64_t k, float alpha, const float *a, int64_t lda, const float *b, int64_t ldb, float beta,
                       float *c, int64_t ldc) {
  tensorop_sgemm s = {
      tensorop_trans_of_enum(transa), tensorop_trans_of_enum(transb), m, n, k, alpha, a, lda, b, ldb, beta, c, ldc};
  const int position = tensorop_cblas_position(layout, &s);
  if (__builtin_expect(position != 0, 0)) {
    tensorop_report("cblas_sgemm", position, tensorop_callers_position(layout, position));
    return;
  }
  const tensorop_gemm call = tensorop_canonical(&s);
  tensorop_gemm_run(&call, layout == CblasRowMajor);
}

void cblas_sgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m, int n, int k, float alpha,
                 const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc) {
  run(layout, transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void cblas_sgemm_64(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int64_t m, int64_t n,
                    int64_t k, float alpha, const float *a, int64_t lda, const float *b, int64_t ldb, float beta,
                    float *c, int64_t ldc) {
  run(layout, transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void cblas_sgemm64_(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int64_t m, int64_t n,
                    int64_t k, float alpha, const float *a, int64_t lda, const float *b, int64_t ldb, float beta,
                    float *c, int64_t ldc) __attribute__((alias("cblas_sgemm_64")));
