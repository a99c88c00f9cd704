/* One BLAS library, opened at run time and called the way its own interface says. */
#ifndef TENSOROP_BENCH_LIBRARY_H
#define TENSOROP_BENCH_LIBRARY_H

#include <stddef.h>
#include <stdint.h>

/* C (m x n) = A (m x k) * B (k x n), row-major, alpha = 1, beta = 0. trans: 'N' or 'T', how the operand is stored;
 * lda, ldb, ldc are row lengths of the stored matrices. */
typedef struct problem {
  int64_t m, k, n;
  char trans_a, trans_b;
  float *a, *b, *c;
  int64_t lda, ldb, ldc;
} problem;

typedef struct library {
  void *handle;
  const char *symbol; /* the entry point that was found */
  void (*sgemm)(void); /* cast to its true type by repeat */
  void (*repeat)(const struct library *, const problem *, long calls);
} library;

/* Opens the file and finds its entry point. Returns NULL, or what went wrong (valid until the next call). */
const char *library_open(library *lib, const char *path);

/* What the library says of itself: name, version, kernels chosen, threads. One line, empty if it says nothing. */
void library_identity(const library *lib, char *text, size_t size);

#endif
