/* What Netlib's level 3 testers turn, for machines that have none: all transposes, sizes, scalars and leading dimensions,
 * each element's error against float64, all that must stay as it was, and bad arguments. For sgemm_ and for both layouts
 * of cblas_sgemm. The arguments are the sizes; each line printed is an entry point, its calls and its worst ratio. */
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tensorop/tensorop.h"

enum { LARGEST = 65, MOST_SIZES = 16, LD = LARGEST + 1, ELEMENTS = LD * LD };

#define THRESHOLD 16.0 /* Netlib's */
#define GUARD (-1e10F)

typedef enum entry { FORTRAN, COLUMNS, ROWS, ENTRIES } entry;

static const char *const names[ENTRIES] = {"sgemm_", "cblas_sgemm, columns", "cblas_sgemm, rows"};
static const char letters[] = {'N', 'T', 'C'};
static const CBLAS_TRANSPOSE transposes[] = {CblasNoTrans, CblasTrans, CblasConjTrans};

typedef struct call {
  entry by;
  int ta, tb, m, n, k;
  float alpha, beta;
  int lda, ldb, ldc;
} call;

static float a[ELEMENTS], b[ELEMENTS], c[ELEMENTS], before[ELEMENTS], a_copy[ELEMENTS], b_copy[ELEMENTS];
static int failures;
static int reported; /* number of the bad argument that the handler was told, 0 none */

void xerbla_(const char *routine, const int *info, size_t length) {
  reported = length == 6 && memcmp(routine, "SGEMM ", 6) == 0 ? *info : -1;
}

void cblas_xerbla(int position, const char *routine, const char *form, ...) {
  (void)form;
  reported = strcmp(routine, "cblas_sgemm") == 0 ? position : -1;
}

static float random_value(void) {
  static uint32_t state = 1;
  state = state * 1664525U + 1013904223U;
  return (float)(state >> 8) * 0x1p-23F - 1.0F;
}

/* Where an element stands; the other index runs along the leading dimension. */
static size_t place(const call *t, int i, int j, int ld) {
  return t->by == ROWS ? (size_t)i * (size_t)ld + (size_t)j : (size_t)i + (size_t)j * (size_t)ld;
}

/* Random elements, everything between and behind them the guard. */
static void fill(const call *t, float *x, int rows, int columns, int ld) {
  for (int i = 0; i < ELEMENTS; i++) x[i] = GUARD;
  for (int j = 0; j < columns; j++) {
    for (int i = 0; i < rows; i++) x[place(t, i, j, ld)] = random_value();
  }
}

static void invoke(const call *t) {
  reported = 0;
  if (t->by == FORTRAN) {
    sgemm_(&letters[t->ta], &letters[t->tb], &t->m, &t->n, &t->k, &t->alpha, a, &t->lda, b, &t->ldb, &t->beta, c,
           &t->ldc);
  } else {
    cblas_sgemm(t->by == ROWS ? CblasRowMajor : CblasColMajor, transposes[t->ta], transposes[t->tb], t->m, t->n, t->k,
                t->alpha, a, t->lda, b, t->ldb, t->beta, c, t->ldc);
  }
}

static void failed(const call *t, const char *what) {
  if (failures++ < 20) {
    printf("FAILED %s: %s, %c%c m %d n %d k %d alpha %g beta %g ld %d %d %d\n", names[t->by], what, letters[t->ta],
           letters[t->tb], t->m, t->n, t->k, (double)t->alpha, (double)t->beta, t->lda, t->ldb, t->ldc);
  }
}

/* The error of element (i, j) in units of what rounding may cost. */
static double ratio(const call *t, int i, int j) {
  const size_t at = place(t, i, j, t->ldc);
  double sum = 0.0, size = 0.0;
  for (int p = 0; p < t->k; p++) {
    const double x = a[t->ta ? place(t, p, i, t->lda) : place(t, i, p, t->lda)];
    const double y = b[t->tb ? place(t, j, p, t->ldb) : place(t, p, j, t->ldb)];
    sum += x * y;
    size += fabs(x * y);
  }
  const double old = t->beta == 0.0F ? 0.0 : (double)t->beta * before[at];
  const double error = fabs((double)c[at] - ((double)t->alpha * sum + old));
  size = fabs((double)t->alpha) * size + fabs(old);
  return error == 0.0 ? 0.0 : error / (FLT_EPSILON * size); /* a NaN stays one */
}

static double check(const call *t) {
  double worst = 0.0;
  fill(t, a, t->ta ? t->k : t->m, t->ta ? t->m : t->k, t->lda);
  fill(t, b, t->tb ? t->n : t->k, t->tb ? t->k : t->n, t->ldb);
  fill(t, c, t->m, t->n, t->ldc);
  memcpy(a_copy, a, sizeof a);
  memcpy(b_copy, b, sizeof b);
  memcpy(before, c, sizeof c);
  invoke(t);
  if (reported) failed(t, "took good arguments for bad");
  if (memcmp(a, a_copy, sizeof a) != 0 || memcmp(b, b_copy, sizeof b) != 0) failed(t, "wrote into an input");
  for (int j = 0; j < t->n; j++) {
    for (int i = 0; i < t->m; i++) {
      const double r = ratio(t, i, j);
      if (!(r <= worst)) worst = r;
      before[place(t, i, j, t->ldc)] = c[place(t, i, j, t->ldc)];
    }
  }
  if (memcmp(before, c, sizeof c) != 0) failed(t, "wrote outside C");
  if (!(worst < THRESHOLD)) failed(t, "is wrong");
  return worst;
}

static int at_least(int ld) { return ld < 1 ? 1 : ld; }

/* One past the least, as Netlib has it, so that the padding shows. */
static call make(entry by, int trans, int m, int n, int k, float alpha, float beta) {
  call t = {.by = by, .ta = trans / 3, .tb = trans % 3, .m = m, .n = n, .k = k, .alpha = alpha, .beta = beta};
  const bool rows = by == ROWS;
  t.lda = at_least((t.ta != 0) != rows ? k : m) + 1;
  t.ldb = at_least((t.tb != 0) != rows ? n : k) + 1;
  t.ldc = at_least(rows ? n : m) + 1;
  return t;
}

static void compute(entry by, const int *sizes, int count) {
  static const float alphas[] = {0.0F, 1.0F, 0.7F}, betas[] = {0.0F, 1.0F, 1.3F};
  double worst = 0.0;
  long calls = 0;
  for (int s = 0; s < count * count * count; s++) {
    const int m = sizes[s / count / count], n = sizes[s / count % count], k = sizes[s % count];
    for (int i = 0; i < 9 * 9; i++) {
      const call t = make(by, i / 9, m, n, k, alphas[i % 9 / 3], betas[i % 3]);
      const double r = check(&t);
      if (!(r <= worst)) worst = r;
      calls++;
    }
  }
  printf("%s: %ld calls, worst ratio %.3f\n", names[by], calls, worst);
}

/* Argument by argument; numbers as the reference hands them out, rows renumbered. */
static void refuse(entry by, int number, int m, int n, int k, int lda, int ldb, int ldc) {
  const call t = {by, 0, 0, m, n, k, 1.0F, 1.0F, lda, ldb, ldc};
  memcpy(before, c, sizeof c);
  invoke(&t);
  if (reported != number) failed(&t, "reported another argument");
  if (memcmp(before, c, sizeof c) != 0) failed(&t, "wrote C");
}

static void refuse_all(void) {
  refuse(FORTRAN, 3, -1, 0, 0, 1, 1, 1);
  refuse(FORTRAN, 4, 0, -1, 0, 1, 1, 1);
  refuse(FORTRAN, 5, 0, 0, -1, 1, 1, 1);
  refuse(FORTRAN, 8, 2, 0, 0, 1, 1, 2);
  refuse(FORTRAN, 10, 0, 0, 2, 1, 1, 1);
  refuse(FORTRAN, 13, 2, 0, 0, 2, 1, 1);
  refuse(COLUMNS, 4, -1, 0, 0, 1, 1, 1);
  refuse(COLUMNS, 9, 2, 0, 0, 1, 1, 2);
  refuse(COLUMNS, 14, 2, 0, 0, 2, 1, 1);
  refuse(ROWS, 5, -1, 0, 0, 1, 1, 1);
  refuse(ROWS, 4, 0, -1, 0, 1, 1, 1);
  refuse(ROWS, 11, 0, 0, 2, 1, 1, 1);
  refuse(ROWS, 14, 0, 2, 0, 1, 2, 1);
}

int main(int argc, char **argv) {
  int sizes[MOST_SIZES], count = 0;
  for (int i = 1; i < argc && count < MOST_SIZES; i++) {
    sizes[count] = atoi(argv[i]);
    if (sizes[count] < 0 || sizes[count] + 1 > LARGEST) return 2;
    count++;
  }
  if (!count) return 2;
  for (entry by = FORTRAN; by < ENTRIES; by++) compute(by, sizes, count);
  refuse_all();
  printf("%d failures, target %s\n", failures, tensorop_target_name());
  return failures != 0;
}
