/* A BLAS with one planted fault (FAULT) behind one interface (ENTRY), to see what the bench makes of it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HONEST, DROPS_LAST_TERM, SKIPS_LAST_ROW, CACHES, ZEROES, WRONG_LATER, CRASHES, HANGS, CHATS };

enum { ROW_MAJOR = 101, TRANS = 112 };

static long calls;

static void product(int ta, int tb, int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *b,
                    int64_t ldb, float *c, int64_t ldc) {
  const int64_t terms = FAULT == DROPS_LAST_TERM ? k - 1 : k;
  const int64_t rows = FAULT == SKIPS_LAST_ROW ? m - 1 : m;
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < n; j++) {
      float sum = 0;
      for (int64_t p = 0; p < terms; p++) {
        sum += (ta ? a[p * lda + i] : a[i * lda + p]) * (tb ? b[j * ldb + p] : b[p * ldb + j]);
      }
      c[i * ldc + j] = sum;
    }
  }
}

/* Whether the operands look like those of the last call: the same places, the same first and last elements. */
static int seen_before(const float *a, int64_t a_size, const float *b, int64_t b_size, const float *c) {
  static const float *places[3];
  static float samples[4];
  const float now[4] = {a[0], a[a_size - 1], b[0], b[b_size - 1]};
  int same = places[0] == a && places[1] == b && places[2] == c;
  for (int i = 0; i < 4; i++) {
    same = same && samples[i] == now[i];
    samples[i] = now[i];
  }
  places[0] = a, places[1] = b, places[2] = c;
  return same;
}

static void sgemm(int ta, int tb, int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *b,
                  int64_t ldb, float *c, int64_t ldc) {
  calls++;
  if (FAULT == CRASHES && calls > 1) abort();
  if (FAULT == HANGS && calls > 1) pause();
  if (FAULT == ZEROES) { /* right for what the operands are then */
    memset((float *)a, 0, sizeof *a * (size_t)(m * k));
    memset(c, 0, sizeof *c * (size_t)(m * n));
    return;
  }
  if (FAULT == WRONG_LATER && calls > 10) k /= 2;
  if (FAULT == CHATS) printf("error called\n"), fflush(stdout);
  if (FAULT == CACHES && seen_before(a, m * k, b, k * n, c)) return;
  product(ta, tb, m, n, k, a, lda, b, ldb, c, ldc);
}

#define CBLAS(name, integer)                                                                                      \
  void name(int order, int ta, int tb, integer m, integer n, integer k, float alpha, const float *a, integer lda, \
            const float *b, integer ldb, float beta, float *c, integer ldc);                                      \
  void name(int order, int ta, int tb, integer m, integer n, integer k, float alpha, const float *a, integer lda, \
            const float *b, integer ldb, float beta, float *c, integer ldc) {                                     \
    if (order != ROW_MAJOR || alpha != 1 || beta != 0) abort();                                                   \
    sgemm(ta == TRANS, tb == TRANS, m, n, k, a, lda, b, ldb, c, ldc);                                             \
  }

#define FORTRAN(name)                                                                                     \
  void name(const char *ta, const char *tb, const int *m, const int *n, const int *k, const float *alpha, \
            const float *a, const int *lda, const float *b, const int *ldb, const float *beta, float *c,  \
            const int *ldc);                                                                              \
  void name(const char *ta, const char *tb, const int *m, const int *n, const int *k, const float *alpha, \
            const float *a, const int *lda, const float *b, const int *ldb, const float *beta, float *c,  \
            const int *ldc) {                                                                             \
    if (*alpha != 1 || *beta != 0) abort();                                                               \
    sgemm(*tb == 'T', *ta == 'T', *n, *m, *k, b, *ldb, a, *lda, c, *ldc);                                 \
  }

#define DNNL(name)                                                                                      \
  int name(char ta, char tb, int64_t m, int64_t n, int64_t k, float alpha, const float *a, int64_t lda, \
           const float *b, int64_t ldb, float beta, float *c, int64_t ldc);                             \
  int name(char ta, char tb, int64_t m, int64_t n, int64_t k, float alpha, const float *a, int64_t lda, \
           const float *b, int64_t ldb, float beta, float *c, int64_t ldc) {                            \
    if (alpha != 1 || beta != 0) abort();                                                               \
    sgemm(ta == 'T', tb == 'T', m, n, k, a, lda, b, ldb, c, ldc);                                       \
    return 0;                                                                                           \
  }

ENTRY

const char *openblas_get_config(void);
const char *openblas_get_config(void) { return "Fake 1.2"; }
