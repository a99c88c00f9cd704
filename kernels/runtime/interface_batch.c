/* cblas_sgemm_batch: all groups are checked before the first product is made, so that a bad argument leaves every C
 * untouched. */
#include "arguments.h"
#include "batch.h"

static const char NAME[] = "cblas_sgemm_batch";
enum { LAYOUT = 1, GROUP_COUNT = 15, GROUP_SIZE = 16 }; /* positions */

/* The arrays as the caller gave them; integers are of 4 or 8 bytes. */
typedef struct arrays {
  CBLAS_LAYOUT layout;
  bool wide;
  const CBLAS_TRANSPOSE *transa, *transb;
  const void *m, *n, *k;
  const float *alpha;
  const float *const *a;
  const void *lda;
  const float *const *b;
  const void *ldb;
  const float *beta;
  float *const *c;
  const void *ldc, *size;
} arrays;

static int64_t at(const arrays *x, const void *array, int64_t i) {
  return x->wide ? ((const int64_t *)array)[i] : ((const int *)array)[i];
}

static tensorop_sgemm arguments(const arrays *x, int64_t i) {
  return (tensorop_sgemm){.transa = tensorop_trans_of_enum(x->transa[i]),
                          .transb = tensorop_trans_of_enum(x->transb[i]),
                          .m = at(x, x->m, i),
                          .n = at(x, x->n, i),
                          .k = at(x, x->k, i),
                          .alpha = x->alpha[i],
                          .lda = at(x, x->lda, i),
                          .ldb = at(x, x->ldb, i),
                          .beta = x->beta[i],
                          .ldc = at(x, x->ldc, i)};
}

static tensorop_group group(const void *source, int64_t index, int64_t first) {
  const arrays *const x = source;
  tensorop_sgemm s = arguments(x, index);
  tensorop_cblas_position(x->layout, &s);
  const bool row_major = x->layout == CblasRowMajor;
  return (tensorop_group){.call = tensorop_canonical(&s),
                          .count = at(x, x->size, index),
                          .a = (row_major ? x->b : x->a) + first,
                          .b = (row_major ? x->a : x->b) + first,
                          .c = x->c + first};
}

/* The caller's position of the first bad argument of a group, 0 if there is none. */
static int group_position(const arrays *x, int64_t index) {
  tensorop_sgemm s = arguments(x, index);
  const int position = tensorop_cblas_position(x->layout, &s);
  if (position) return tensorop_callers_position(x->layout, position);
  return at(x, x->size, index) < 0 ? GROUP_SIZE : 0;
}

static void run(const arrays *x, int64_t groups) {
  int position = tensorop_bad_layout(x->layout) ? LAYOUT : groups < 0 ? GROUP_COUNT : 0;
  for (int64_t i = 0; i < groups && !position; i++) position = group_position(x, i);
  if (position) {
    tensorop_report(NAME, position, position);
    return;
  }
  tensorop_batch_run(groups, group, x, x->layout == CblasRowMajor);
}

void cblas_sgemm_batch(CBLAS_LAYOUT layout, const CBLAS_TRANSPOSE *transa, const CBLAS_TRANSPOSE *transb, const int *m,
                       const int *n, const int *k, const float *alpha, const float **a, const int *lda, const float **b,
                       const int *ldb, const float *beta, float **c, const int *ldc, int group_count,
                       const int *group_size) {
  const arrays x = {layout, false, transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, group_size};
  run(&x, group_count);
}

void cblas_sgemm_batch_64(CBLAS_LAYOUT layout, const CBLAS_TRANSPOSE *transa, const CBLAS_TRANSPOSE *transb,
                          const int64_t *m, const int64_t *n, const int64_t *k, const float *alpha, const float **a,
                          const int64_t *lda, const float **b, const int64_t *ldb, const float *beta, float **c,
                          const int64_t *ldc, int64_t group_count, const int64_t *group_size) {
  const arrays x = {layout, true, transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, group_size};
  run(&x, group_count);
}

void cblas_sgemm_batch64_(CBLAS_LAYOUT layout, const CBLAS_TRANSPOSE *transa, const CBLAS_TRANSPOSE *transb,
                          const int64_t *m, const int64_t *n, const int64_t *k, const float *alpha, const float **a,
                          const int64_t *lda, const float **b, const int64_t *ldb, const float *beta, float **c,
                          const int64_t *ldc, int64_t group_count, const int64_t *group_size)
    __attribute__((alias("cblas_sgemm_batch_64")));
