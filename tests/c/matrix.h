/* Matrices with guards, and the product in float64 to hold results against. */
#ifndef MATRIX_H
#define MATRIX_H

#include <stdbool.h>
#include <stdint.h>

#include "tensorop/tensorop.h"

/* rows x columns floats with leading dimension ld. Padding, and a run of floats before and behind, hold a NaN that no
 * arithmetic makes, as do the elements until they are filled. */
typedef struct matrix {
  int64_t rows, columns, ld;
  CBLAS_LAYOUT layout;
  float *memory; /* with the guards */
  float *data;
} matrix;

matrix matrix_make(CBLAS_LAYOUT layout, int64_t rows, int64_t columns, int64_t padding);
matrix matrix_copy(const matrix *from);
void matrix_free(matrix *x);
float *matrix_at(const matrix *x, int64_t row, int64_t column);

typedef enum fill { UNIFORM, INTEGERS } fill; /* in (-1, 1); in -2 .. 2, whose sums are exact */
void matrix_fill(matrix *x, fill kind, uint64_t *seed);
bool matrix_guards_intact(const matrix *x);
bool matrix_same_bits(const matrix *x, const matrix *y);

/* A product as its caller writes it. */
typedef struct product {
  CBLAS_TRANSPOSE transa, transb;
  int64_t m, n, k;
  float alpha, beta;
  matrix a, b, c;
} product;

/* Operands of the right sizes, filled; C holds NaN if beta is 0, A and B if alpha is 0. */
product product_make(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int64_t m, int64_t n,
                     int64_t k, float alpha, float beta, int64_t padding, fill kind, uint64_t *seed);
void product_free(product *p);

/* Largest |c - exact| / (eps * (|alpha| * sum |a||b| + |beta||c0|)) of the result `c`, p->c being C before the call;
 * infinite where a NaN stands, or where guards were touched. */
double product_ratio(const product *p, const matrix *c);

/* What no right result on random data exceeds: max(16, 4 sqrt(k)). */
double ratio_limit(int64_t k);

void product_call(const product *p, matrix *c);

#endif
