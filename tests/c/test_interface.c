/* Every entry point, layout, transpose and padding, special alpha and beta, sizes round the kernels' edges. The
 * argument N takes every Nth case only, for slow machines. */
#include <stdlib.h>

#include "check.h"
#include "matrix.h"

typedef void (*entry)(const product *p, matrix *c);

static void call_cblas(const product *p, matrix *c) {
  cblas_sgemm(c->layout, p->transa, p->transb, (int)p->m, (int)p->n, (int)p->k, p->alpha, p->a.data, (int)p->a.ld,
              p->b.data, (int)p->b.ld, p->beta, c->data, (int)c->ld);
}

static void call_cblas64_(const product *p, matrix *c) {
  cblas_sgemm64_(c->layout, p->transa, p->transb, p->m, p->n, p->k, p->alpha, p->a.data, p->a.ld, p->b.data, p->b.ld,
                 p->beta, c->data, c->ld);
}

static char letter(CBLAS_TRANSPOSE trans) { return trans == CblasNoTrans ? 'n' : trans == CblasTrans ? 'T' : 'c'; }

static void call_fortran(const product *p, matrix *c) {
  const char ta = letter(p->transa), tb = letter(p->transb);
  const int m = (int)p->m, n = (int)p->n, k = (int)p->k, lda = (int)p->a.ld, ldb = (int)p->b.ld, ldc = (int)c->ld;
  sgemm_(&ta, &tb, &m, &n, &k, &p->alpha, p->a.data, &lda, p->b.data, &ldb, &p->beta, c->data, &ldc);
}

static void call_fortran64(const product *p, matrix *c) {
  const char ta = letter(p->transa), tb = letter(p->transb);
  sgemm_64_(&ta, &tb, &p->m, &p->n, &p->k, &p->alpha, p->a.data, &p->a.ld, p->b.data, &p->b.ld, &p->beta, c->data,
            &c->ld);
}

static const struct {
  const char *name;
  entry call;
} entries[] = {{"cblas_sgemm", call_cblas},
               {"cblas_sgemm_64", product_call},
               {"cblas_sgemm64_", call_cblas64_},
               {"sgemm_", call_fortran},
               {"sgemm_64_", call_fortran64}};

static const int64_t shapes[][3] = {/* m, n, k */
                                    {0, 5, 3},     {5, 0, 3},     {5, 3, 0},    {1, 1, 1},    {1, 17, 9},
                                    {19, 1, 7},    {5, 7, 11},    {8, 8, 8},    {16, 16, 16}, {31, 4, 65},
                                    {4, 33, 40},   {48, 24, 5},   {63, 65, 67}, {3, 130, 70}, {129, 3, 300},
                                    {70, 50, 260}, {97, 101, 520}};

static void check_one(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, const int64_t *s, float alpha,
                      float beta, int64_t padding, fill kind) {
  uint64_t seed = (uint64_t)(s[0] * 1000003 + s[1] * 1009 + s[2]);
  product p = product_make(layout, ta, tb, s[0], s[1], s[2], alpha, beta, padding, kind, &seed);
  matrix first = matrix_copy(&p.c);
  product_call(&p, &first);
  const double ratio = product_ratio(&p, &first), limit = kind == INTEGERS ? 0.0 : ratio_limit(p.k);
  CHECK(ratio <= limit, "ratio %g > %g: layout %d trans %d %d m %d n %d k %d alpha %g beta %g padding %d", ratio, limit,
        layout, ta, tb, (int)p.m, (int)p.n, (int)p.k, (double)alpha, (double)beta, (int)padding);
  for (size_t e = 0; e < sizeof entries / sizeof *entries; e++) {
    if (layout == CblasRowMajor && entries[e].name[0] == 's') continue; /* Fortran is column-major */
    matrix c = matrix_copy(&p.c);
    entries[e].call(&p, &c);
    CHECK(matrix_same_bits(&c, &first), "%s differs from cblas_sgemm_64: layout %d trans %d %d m %d n %d k %d",
          entries[e].name, layout, ta, tb, (int)p.m, (int)p.n, (int)p.k);
    matrix_free(&c);
  }
  matrix_free(&first);
  product_free(&p);
}

static int every = 1;

/* Whether it is this case's turn. */
static bool turn(void) {
  static int count;
  return count++ % every == 0;
}

static void check_scalars(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, const int64_t *shape) {
  static const float alphas[] = {0.0F, 1.0F, -0.7F}, betas[] = {0.0F, 1.0F, 1.3F};
  for (int i = 0; i < 9; i++) {
    if (turn()) check_one(layout, ta, tb, shape, alphas[i / 3], betas[i % 3], i % 2 ? 3 : 0, UNIFORM);
  }
  if (turn()) check_one(layout, ta, tb, shape, 1.0F, 0.0F, 1, INTEGERS);
  if (turn()) check_one(layout, ta, tb, shape, -2.0F, 2.0F, 0, INTEGERS);
}

int main(int count, char **arguments) {
  if (count > 1) every = atoi(arguments[1]);
  static const CBLAS_LAYOUT layouts[] = {CblasRowMajor, CblasColMajor};
  static const CBLAS_TRANSPOSE transposes[] = {CblasNoTrans, CblasTrans, CblasConjTrans};
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    for (int l = 0; l < 2; l++) {
      for (int t = 0; t < 9; t++) check_scalars(layouts[l], transposes[t / 3], transposes[t % 3], shapes[s]);
    }
  }
  return finish();
}
