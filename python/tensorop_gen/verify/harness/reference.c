#include "reference.h"

#include <math.h>
#include <stdlib.h>

static const double eps = 0x1p-23;

/* The rigorous limit, and on random data one that a single dropped term exceeds at any k. */
static double limit_of(const test_case *t) {
  const double k = (double)t->k, rigorous = (k + 2) / 2;
  if (t->data == DATA_INTS) return 0;
  if (t->data != DATA_RANDOM) return rigorous;
  return fmin(rigorous, fmax(16, 4 * sqrt(k)));
}

/* One element: its sum of products and of their magnitudes are known. */
static void judge(verdict *v, const test_case *t, int64_t i, int64_t j, double sum, double magnitude, float got,
                  float before) {
  const double old = t->beta != 0 ? (double)before : 0;
  const double want = (double)t->alpha * sum + (double)t->beta * old;
  const double scale = eps * (fabs((double)t->alpha) * magnitude + fabs((double)t->beta * old));
  const double error = fabs((double)got - want);
  double ratio = error == 0 ? 0 : error / scale;
  if (isnan(ratio)) ratio = INFINITY;
  v->checked++;
  if (ratio > v->worst) v->worst = ratio;
  if (v->failed || ratio <= v->limit) return;
  v->failed = true;
  v->i = i, v->j = j, v->got = got, v->want = want, v->ratio = ratio;
}

static float value(const operand *o, int64_t i, int64_t j) { return o->data[i * o->rs + j * o->cs]; }

static void check_all(verdict *v, const test_case *t, const operand *a, const operand *b, const operand *c,
                      const float *before) {
  const int64_t m = t->m, k = t->k;
  double *const dense = malloc(sizeof(double) * (size_t)(m * k + 2 * m));
  if (!dense) abort();
  double *const sums = dense + m * k, *const magnitudes = sums + m;
  for (int64_t p = 0; p < k; p++) {
    for (int64_t i = 0; i < m; i++) dense[p * m + i] = value(a, i, p);
  }
  for (int64_t j = 0; j < t->n; j++) {
    for (int64_t i = 0; i < m; i++) sums[i] = magnitudes[i] = 0;
    for (int64_t p = 0; p < k; p++) {
      const double *const column = dense + p * m;
      const double factor = value(b, p, j);
      for (int64_t i = 0; i < m; i++) {
        const double product = column[i] * factor;
        sums[i] += product;
        magnitudes[i] += fabs(product);
      }
    }
    for (int64_t i = 0; i < m; i++) {
      judge(v, t, i, j, sums[i], magnitudes[i], value(c, i, j), before ? before[i + j * c->cs] : 0);
    }
  }
  free(dense);
}

static void check_one(verdict *v, const test_case *t, const operand *a, const operand *b, const operand *c,
                      const float *before, int64_t i, int64_t j) {
  double sum = 0, magnitude = 0;
  for (int64_t p = 0; p < t->k; p++) {
    const double product = (double)value(a, i, p) * (double)value(b, p, j);
    sum += product;
    magnitude += fabs(product);
  }
  judge(v, t, i, j, sum, magnitude, value(c, i, j), before ? before[i + j * c->cs] : 0);
}

verdict reference_check(const test_case *t, const operand *a, const operand *b, const operand *c, const float *before,
                        int64_t budget, rng *r) {
  verdict v = {.limit = limit_of(t)};
  if (t->m * t->n * (t->k + 1) <= budget) {
    check_all(&v, t, a, b, c, before);
    return v;
  }
  for (int corner = 0; corner < 4; corner++) {
    check_one(&v, t, a, b, c, before, corner & 1 ? t->m - 1 : 0, corner & 2 ? t->n - 1 : 0);
  }
  const int64_t sample = budget / (t->k + 1);
  for (int64_t s = 0; s < sample; s++) {
    const int64_t i = (int64_t)(rng_next(r) % (uint64_t)t->m), j = (int64_t)(rng_next(r) % (uint64_t)t->n);
    check_one(&v, t, a, b, c, before, i, j);
  }
  return v;
}
