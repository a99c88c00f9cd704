/* Uses the library as its users do: every way of calling, sizes round the tiles, exact results. Prints how many results
 * were right, and the target that made them. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "tensorop.h"

static uint32_t state = 1;

/* -2, -1, 0, 1 or 2: sums are exact. */
static float whole(void) {
  state = state * 1664525u + 1013904223u;
  return (float)(int)(state >> 24) / 64.0f < 2.0f ? (float)(int)(state >> 28 & 1) : -(float)(int)(state >> 27 & 2);
}

static float *matrix(int count) {
  float *const data = malloc(sizeof(float) * (size_t)count);
  if (!data) abort();
  for (int i = 0; i < count; i++) data[i] = whole();
  return data;
}

/* Column-major, dense. */
static int right(int ta, int tb, int m, int n, int k, int fortran) {
  float *const a = matrix(m * k), *const b = matrix(k * n), *const c = matrix(m * n), *const before = matrix(m * n);
  for (int i = 0; i < m * n; i++) before[i] = c[i];
  const int lda = ta ? k : m, ldb = tb ? n : k;
  const float alpha = 2, beta = -1;
  if (fortran) {
    sgemm_(ta ? "T" : "N", tb ? "T" : "N", &m, &n, &k, &alpha, a, &lda, b, &ldb, &beta, c, &m);
  } else {
    cblas_sgemm(CblasColMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, m, n, k, alpha, a, lda,
                b, ldb, beta, c, m);
  }
  int good = 1;
  for (int j = 0; j < n; j++) {
    for (int i = 0; i < m; i++) {
      double sum = 0;
      for (int p = 0; p < k; p++) {
        sum += (double)a[ta ? p + i * lda : i + p * lda] * (double)b[tb ? j + p * ldb : p + j * ldb];
      }
      good &= (double)c[i + j * m] == 2 * sum - (double)before[i + j * m];
    }
  }
  free(a);
  free(b);
  free(c);
  free(before);
  return good;
}

int main(void) {
  static const int sizes[] = {1, 3, 8, 17, 33, 70};
  enum { COUNT = sizeof sizes / sizeof *sizes };
  int passed = 0;
  for (int way = 0; way < 8; way++) {
    for (int s = 0; s < COUNT * COUNT * COUNT; s++) {
      const int m = sizes[s % COUNT], n = sizes[s / COUNT % COUNT], k = sizes[s / COUNT / COUNT];
      if (!right(way & 1, way >> 1 & 1, m, n, k, way >> 2)) {
        printf("wrong: way %d, m=%d n=%d k=%d\n", way, m, n, k);
        return 1;
      }
      passed++;
    }
  }
  printf("%d %s\n", passed, tensorop_target_name());
  return 0;
}
