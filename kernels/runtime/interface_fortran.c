#include "arguments.h"

static inline void run(const tensorop_sgemm *s) {
  const int info = tensorop_sgemm_info(s);
  if (__builtin_expect(info != 0, 0)) {
    tensorop_report_fortran(info);
    return;
  }
  const tensorop_gemm call = tensorop_canonical(s);
  tensorop_gemm_run(&call, false);
}

void sgemm_(const char *transa, const char *transb, const int *m, const int *n, const int *k, const float *alpha,
            const float *a, const int *lda, const float *b, const int *ldb, const float *beta, float *c,
            const int *ldc) {
  const tensorop_sgemm s = {tensorop_trans_of_char(*transa),
                            tensorop_trans_of_char(*transb),
                            *m,
                            *n,
                            *k,
                            *alpha,
                            a,
                            *lda,
                            b,
                            *ldb,
                            *beta,
                            c,
                            *ldc};
  run(&s);
}

void sgemm_64_(const char *transa, const char *transb, const int64_t *m, const int64_t *n, const int64_t *k,
               const float *alpha, const float *a, const int64_t *lda, const float *b, const int64_t *ldb,
               const float *beta, float *c, const int64_t *ldc) {
  const tensorop_sgemm s = {tensorop_trans_of_char(*transa),
                            tensorop_trans_of_char(*transb),
                            *m,
                            *n,
                            *k,
                            *alpha,
                            a,
                            *lda,
                            b,
                            *ldb,
                            *beta,
                            c,
                            *ldc};
  run(&s);
}
