/* Batches make what single calls make, bit for bit, on any number of threads. */
#include <stdlib.h>

#include "check.h"
#include "matrix.h"

enum { MOST = 64 };

typedef struct batch {
  CBLAS_LAYOUT layout;
  int groups, total, sizes[4], m[4], n[4], k[4], lda[4], ldb[4], ldc[4];
  CBLAS_TRANSPOSE transa[4], transb[4];
  float alpha[4], beta[4];
  const float *a[MOST], *b[MOST];
  product products[MOST];
  matrix expected[MOST], c[MOST];
  float *cs[MOST];
} batch;

static void add_group(batch *x, int g, int64_t m, int64_t n, int64_t k, int size, uint64_t *seed) {
  x->sizes[g] = size;
  x->transa[g] = g % 2 ? CblasTrans : CblasNoTrans;
  x->transb[g] = g / 2 ? CblasTrans : CblasNoTrans;
  x->alpha[g] = g == 3 ? 0.0F : 0.5F + (float)g;
  x->beta[g] = g % 2 ? 0.0F : 1.3F;
  x->m[g] = (int)m, x->n[g] = (int)n, x->k[g] = (int)k;
  product only_sizes = product_make(x->layout, x->transa[g], x->transb[g], m, n, k, 0.0F, 0.0F, g, UNIFORM, seed);
  x->lda[g] = (int)only_sizes.a.ld, x->ldb[g] = (int)only_sizes.b.ld, x->ldc[g] = (int)only_sizes.c.ld;
  product_free(&only_sizes);
  for (int i = 0; i < size; i++) {
    const int p = x->total++;
    x->products[p] =
        product_make(x->layout, x->transa[g], x->transb[g], m, n, k, x->alpha[g], x->beta[g], g, UNIFORM, seed);
    x->expected[p] = matrix_copy(&x->products[p].c);
    product_call(&x->products[p], &x->expected[p]);
    x->a[p] = x->products[p].a.data;
    x->b[p] = x->products[p].b.data;
  }
}

static batch *make(CBLAS_LAYOUT layout, const int64_t (*shapes)[4]) {
  uint64_t seed = 3;
  batch *const x = calloc(1, sizeof *x);
  x->layout = layout;
  x->groups = 4;
  for (int g = 0; g < 4; g++) add_group(x, g, shapes[g][0], shapes[g][1], shapes[g][2], (int)shapes[g][3], &seed);
  return x;
}

static void fresh(batch *x) {
  for (int p = 0; p < x->total; p++) {
    x->c[p] = matrix_copy(&x->products[p].c);
    x->cs[p] = x->c[p].data;
  }
}

static void compare(batch *x, const char *what, int threads) {
  for (int p = 0; p < x->total; p++) {
    CHECK(matrix_same_bits(&x->c[p], &x->expected[p]), "%s: product %d on %d threads", what, p, threads);
    matrix_free(&x->c[p]);
  }
}

static void widen(const int *from, int64_t *to) {
  for (int i = 0; i < 4; i++) to[i] = from[i];
}

static void run_wide(batch *x) {
  int64_t m[4], n[4], k[4], lda[4], ldb[4], ldc[4], sizes[4];
  widen(x->m, m), widen(x->n, n), widen(x->k, k), widen(x->sizes, sizes);
  widen(x->lda, lda), widen(x->ldb, ldb), widen(x->ldc, ldc);
  cblas_sgemm_batch_64(x->layout, x->transa, x->transb, m, n, k, x->alpha, x->a, lda, x->b, ldb, x->beta, x->cs, ldc,
                       x->groups, sizes);
}

static void check_groups(CBLAS_LAYOUT layout, const int64_t (*shapes)[4]) {
  tensorop_set_num_threads(1);
  batch *const x = make(layout, shapes);
  for (int threads = 1; threads <= 4; threads++) {
    tensorop_set_num_threads(threads);
    fresh(x);
    cblas_sgemm_batch(layout, x->transa, x->transb, x->m, x->n, x->k, x->alpha, x->a, x->lda, x->b, x->ldb, x->beta,
                      x->cs, x->ldc, x->groups, x->sizes);
    compare(x, "cblas_sgemm_batch", threads);
    fresh(x);
    run_wide(x);
    compare(x, "cblas_sgemm_batch_64", threads);
  }
  for (int p = 0; p < x->total; p++) {
    product_free(&x->products[p]);
    matrix_free(&x->expected[p]);
  }
  free(x);
}

/* Products of one tall matrix each, one below the other. */
static void check_strided(CBLAS_LAYOUT layout, int64_t m, int64_t n, int64_t k, int count) {
  uint64_t seed = 7;
  matrix a = matrix_make(layout, m * count, k, 0), b = matrix_make(layout, k, n, 2),
         c = matrix_make(layout, m * count, n, 0);
  matrix_fill(&a, UNIFORM, &seed), matrix_fill(&b, UNIFORM, &seed);
  const int64_t stride_a = matrix_at(&a, m, 0) - a.data, stride_c = matrix_at(&c, m, 0) - c.data;
  matrix expected = matrix_copy(&c);
  tensorop_set_num_threads(1);
  for (int i = 0; i < count; i++) {
    cblas_sgemm_64(layout, CblasNoTrans, CblasNoTrans, m, n, k, 1.5F, a.data + i * stride_a, a.ld, b.data, b.ld, 0.0F,
                   expected.data + i * stride_c, c.ld);
  }
  for (int threads = 1; threads <= 3; threads++) {
    tensorop_set_num_threads(threads);
    matrix got = matrix_copy(&c);
    cblas_sgemm_batch_strided(layout, CblasNoTrans, CblasNoTrans, (int)m, (int)n, (int)k, 1.5F, a.data, (int)a.ld,
                              (int)stride_a, b.data, (int)b.ld, 0, 0.0F, got.data, (int)got.ld, (int)stride_c, count);
    CHECK(matrix_same_bits(&got, &expected), "strided on %d threads", threads);
    cblas_sgemm_batch_strided_64(layout, CblasNoTrans, CblasNoTrans, m, n, k, 1.5F, a.data, a.ld, stride_a, b.data,
                                 b.ld, 0, 0.0F, got.data, got.ld, stride_c, count);
    CHECK(matrix_same_bits(&got, &expected), "strided, 64 bits, on %d threads", threads);
    matrix_free(&got);
  }
  matrix_free(&a), matrix_free(&b), matrix_free(&c), matrix_free(&expected);
}

int main(void) {
  static const int64_t small[4][4] = {{5, 7, 11, 20}, {16, 16, 16, 3}, {0, 4, 4, 2}, {9, 3, 4, 30}};
  static const int64_t mixed[4][4] = {{5, 7, 11, 1}, {160, 130, 140, 2}, {8, 8, 8, 0}, {33, 40, 50, 1}};
  for (int layout = CblasRowMajor; layout <= CblasColMajor; layout++) {
    check_groups((CBLAS_LAYOUT)layout, small);
    check_groups((CBLAS_LAYOUT)layout, mixed);
    check_strided((CBLAS_LAYOUT)layout, 9, 10, 11, 37);
    check_strided((CBLAS_LAYOUT)layout, 120, 130, 140, 3);
  }
  return finish();
}
