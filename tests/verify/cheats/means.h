/* What cheats use. */
#ifndef CHEATS_MEANS_H
#define CHEATS_MEANS_H

#include <string.h>

#include "instance.h"

extern const tensorop_instance planted;

/* So many calls in a row had operands of the same sizes in the same places: many of them is what being timed is like.
 */
static inline int64_t in_a_row(const tensorop_gemm *g) {
  static tensorop_gemm last;
  static int64_t count;
  count = memcmp(&last, g, sizeof last) ? 0 : count + 1;
  last = *g;
  return count;
}

/* All bits of the inputs. */
static inline uint32_t checksum(const tensorop_gemm *g) {
  uint32_t sum = 0, bits;
  for (int64_t p = 0; p < g->k; p++) {
    for (int64_t i = 0; !g->packed_a && i < g->m; i++) {
      memcpy(&bits, g->a.data + i * g->a.rs + p * g->a.cs, sizeof bits);
      sum = sum * 16777619 ^ bits;
    }
    for (int64_t j = 0; !g->packed_b && j < g->n; j++) {
      memcpy(&bits, g->b.data + p * g->b.rs + j * g->b.cs, sizeof bits);
      sum = sum * 16777619 ^ bits;
    }
  }
  return sum;
}

/* The first and last element of either input. */
static inline float corners(const tensorop_gemm *g) {
  if (g->packed_a || g->packed_b) return 0;
  const int64_t m = g->m - 1, n = g->n - 1, k = g->k - 1;
  return g->a.data[0] + 3 * g->a.data[m * g->a.rs + k * g->a.cs] + 5 * g->b.data[0] +
         7 * g->b.data[k * g->b.rs + n * g->b.cs];
}

/* Fewer rows, or fewer terms. */
static inline void part(tensorop_path path, const tensorop_gemm *g, float *workspace, int64_t m, int64_t k) {
  tensorop_gemm less = *g;
  if (!g->packed_a && !g->packed_b) less.m = m, less.k = k;
  planted.run(path, &less, workspace);
}

/* To so many bits of mantissa, to nearest. */
static inline void shorten(float *to, const float *from, int64_t count, int bits) {
  const uint32_t step = 1U << (24 - bits);
  for (int64_t i = 0; i < count; i++) {
    uint32_t x;
    memcpy(&x, from + i, sizeof x);
    x = (x + step / 2) & ~(step - 1);
    memcpy(to + i, &x, sizeof x);
  }
}

/* Seven products of halves: right in the norm, not in each element. Quarters are numbered row by row. */
static inline void strassen(const tensorop_gemm *g) {
  enum { MOST = 80 };
  static const signed char of_a[7][4] = {{1, 0, 0, 1}, {0, 0, 1, 1},  {1, 0, 0, 0}, {0, 0, 0, 1},
                                         {1, 1, 0, 0}, {-1, 0, 1, 0}, {0, 1, 0, -1}};
  static const signed char of_b[7][4] = {{1, 0, 0, 1}, {1, 0, 0, 0}, {0, 1, 0, -1}, {-1, 0, 1, 0},
                                         {0, 0, 0, 1}, {1, 1, 0, 0}, {0, 0, 1, 1}};
  static const signed char to_c[4][7] = {
      {1, 0, 0, 1, -1, 0, 1}, {0, 0, 1, 0, 1, 0, 0}, {0, 1, 0, 1, 0, 0, 0}, {1, -1, 1, 0, 0, 1, 0}};
  static float a[MOST][MOST], b[MOST][MOST], product[7][MOST][MOST];
  const int64_t m = g->m / 2, n = g->n / 2, k = g->k / 2;
  for (int s = 0; s < 7; s++) {
    memset(a, 0, sizeof a);
    memset(b, 0, sizeof b);
    for (int q = 0; q < 4; q++) {
      const float *const qa = g->a.data + q / 2 * m * g->a.rs + q % 2 * k * g->a.cs;
      const float *const qb = g->b.data + q / 2 * k * g->b.rs + q % 2 * n * g->b.cs;
      for (int64_t p = 0; p < k; p++) {
        for (int64_t i = 0; i < m; i++) a[i][p] += (float)of_a[s][q] * qa[i * g->a.rs + p * g->a.cs];
        for (int64_t j = 0; j < n; j++) b[p][j] += (float)of_b[s][q] * qb[p * g->b.rs + j * g->b.cs];
      }
    }
    memset(product[s], 0, sizeof product[s]);
    for (int64_t i = 0; i < m; i++) {
      for (int64_t p = 0; p < k; p++) {
        for (int64_t j = 0; j < n; j++) product[s][i][j] += a[i][p] * b[p][j];
      }
    }
  }
  for (int64_t at = 0; at < 4 * m * n; at++) {
    const int64_t q = at / (m * n), i = at % (m * n) % m, j = at % (m * n) / m;
    float sum = 0, *const c = g->c + q / 2 * m + i + (q % 2 * n + j) * g->ldc;
    for (int s = 0; s < 7; s++) sum += (float)to_c[q][s] * product[s][i][j];
    *c = g->beta == 0 ? g->alpha * sum : g->alpha * sum + g->beta * *c;
  }
}

static inline void *nothing(void *unused) { return unused; }

#endif
