#include "matrix.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GUARD = 64 };
static const uint32_t UNTOUCHED = 0x7fa5a5a5U; /* a signalling NaN: copies keep its bits, arithmetic does not */

static int64_t lines(const matrix *x) { return x->layout == CblasRowMajor ? x->rows : x->columns; }
static int64_t length(const matrix *x) { return x->layout == CblasRowMajor ? x->columns : x->rows; }
static size_t floats(const matrix *x) { return (size_t)(lines(x) * x->ld + 2 * GUARD); }

matrix matrix_make(CBLAS_LAYOUT layout, int64_t rows, int64_t columns, int64_t padding) {
  matrix x = {rows, columns, 0, layout, NULL, NULL};
  x.ld = (length(&x) > 0 ? length(&x) : 1) + padding;
  x.memory = malloc(floats(&x) * sizeof(float));
  x.data = x.memory + GUARD;
  for (size_t i = 0; i < floats(&x); i++) memcpy(&x.memory[i], &UNTOUCHED, sizeof UNTOUCHED);
  return x;
}

matrix matrix_copy(const matrix *from) {
  matrix x = *from;
  x.memory = malloc(floats(from) * sizeof(float));
  x.data = x.memory + GUARD;
  memcpy(x.memory, from->memory, floats(from) * sizeof(float));
  return x;
}

void matrix_free(matrix *x) { free(x->memory); }

float *matrix_at(const matrix *x, int64_t row, int64_t column) {
  return x->data + (x->layout == CblasRowMajor ? row * x->ld + column : row + column * x->ld);
}

static uint32_t next(uint64_t *seed) {
  *seed = *seed * 6364136223846793005U + 1442695040888963407U;
  return (uint32_t)(*seed >> 33);
}

void matrix_fill(matrix *x, fill kind, uint64_t *seed) {
  for (int64_t i = 0; i < x->rows; i++) {
    for (int64_t j = 0; j < x->columns; j++) {
      const uint32_t bits = next(seed);
      *matrix_at(x, i, j) = kind == INTEGERS ? (float)(int)(bits % 5U) - 2.0F : (float)bits / 1073741824.0F - 1.0F;
    }
  }
}

static bool untouched(const float *x) { return memcmp(x, &UNTOUCHED, sizeof UNTOUCHED) == 0; }

bool matrix_guards_intact(const matrix *x) {
  for (size_t i = 0; i < GUARD; i++) {
    if (!untouched(&x->memory[i]) || !untouched(&x->memory[floats(x) - 1 - i])) return false;
  }
  for (int64_t line = 0; line < lines(x); line++) {
    for (int64_t i = length(x); i < x->ld; i++) {
      if (!untouched(&x->data[line * x->ld + i])) return false;
    }
  }
  return true;
}

bool matrix_same_bits(const matrix *x, const matrix *y) {
  return memcmp(x->memory, y->memory, floats(x) * sizeof(float)) == 0;
}

static matrix operand(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE trans, int64_t rows, int64_t columns, int64_t padding) {
  return trans == CblasNoTrans ? matrix_make(layout, rows, columns, padding)
                               : matrix_make(layout, columns, rows, padding);
}

product product_make(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int64_t m, int64_t n,
                     int64_t k, float alpha, float beta, int64_t padding, fill kind, uint64_t *seed) {
  product p = {transa,
               transb,
               m,
               n,
               k,
               alpha,
               beta,
               operand(layout, transa, m, k, padding),
               operand(layout, transb, k, n, padding),
               matrix_make(layout, m, n, padding)};
  if (alpha != 0.0F) {
    matrix_fill(&p.a, kind, seed);
    matrix_fill(&p.b, kind, seed);
  }
  if (beta != 0.0F) matrix_fill(&p.c, kind, seed);
  return p;
}

void product_free(product *p) {
  matrix_free(&p->a);
  matrix_free(&p->b);
  matrix_free(&p->c);
}

static double element(const matrix *x, CBLAS_TRANSPOSE trans, int64_t row, int64_t column) {
  return (double)*(trans == CblasNoTrans ? matrix_at(x, row, column) : matrix_at(x, column, row));
}

static double element_ratio(const product *p, const matrix *c, int64_t i, int64_t j) {
  double exact = 0.0, size = 0.0;
  for (int64_t l = 0; l < p->k && p->alpha != 0.0F; l++) {
    const double term = element(&p->a, p->transa, i, l) * element(&p->b, p->transb, l, j);
    exact += term;
    size += fabs(term);
  }
  const double before = p->beta != 0.0F ? (double)p->beta * (double)*matrix_at(&p->c, i, j) : 0.0;
  const double error = fabs((double)*matrix_at(c, i, j) - ((double)p->alpha * exact + before));
  size = fabs((double)p->alpha) * size + fabs(before);
  return error == 0.0 ? 0.0 : error / ((double)FLT_EPSILON * size);
}

double product_ratio(const product *p, const matrix *c) {
  double worst = 0.0;
  if (!matrix_guards_intact(c)) return INFINITY;
  for (int64_t i = 0; i < p->m; i++) {
    for (int64_t j = 0; j < p->n; j++) {
      const double ratio = element_ratio(p, c, i, j);
      if (!(ratio <= worst)) worst = isnan(ratio) ? INFINITY : ratio;
    }
  }
  return worst;
}

double ratio_limit(int64_t k) { return fmax(16.0, 4.0 * sqrt((double)k)); }

void product_call(const product *p, matrix *c) {
  cblas_sgemm_64(c->layout, p->transa, p->transb, p->m, p->n, p->k, p->alpha, p->a.data, p->a.ld, p->b.data, p->b.ld,
                 p->beta, c->data, c->ld);
}
