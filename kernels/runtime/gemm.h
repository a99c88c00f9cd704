/* The core: every interface turns its arguments into canonical calls and hands them over here. */
#ifndef TENSOROP_GEMM_H
#define TENSOROP_GEMM_H

#include <stdbool.h>

#include "instance.h"

/* What became of a call, for the verbose report. */
typedef struct tensorop_outcome {
  tensorop_path path; /* TENSOROP_PATHS: only scaled, no product */
  int threads;
} tensorop_outcome;

/* Runs a call whose arguments have been checked; m, n, k >= 0, any alpha and beta. row_major: how the caller sees it.
 */
void tensorop_gemm_run(const tensorop_gemm *call, bool row_major);

/* The same on this thread alone, with its workspace or NULL. Bit-identical. */
void tensorop_gemm_alone(const tensorop_instance *instance, const tensorop_gemm *call, float *workspace);

/* How many threads a call of this many multiply-adds is worth, as far as the limit allows. */
int tensorop_gemm_threads(const tensorop_instance *instance, double work);

static inline double tensorop_gemm_work(const tensorop_gemm *call) {
  return (double)call->m * (double)call->n * (double)call->k;
}

/* Verbose twin of tensorop_gemm_run's inner part: times it and prints one line. */
void tensorop_verbose_run(const tensorop_gemm *call, bool row_major);
tensorop_outcome tensorop_gemm_perform(const tensorop_gemm *call);

#endif
