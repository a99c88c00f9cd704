/* TENSOROP_VERBOSE: one line a call. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <time.h>

#include "dispatch.h"
#include "gemm.h"
#include "tensorop/tensorop.h"

static const char *const path_names[TENSOROP_PATHS + 1] = {
    [TENSOROP_PATH_DIRECT] = "direct", [TENSOROP_PATH_DIRECT_PACK] = "direct_pack",
    [TENSOROP_PATH_PACKED] = "packed", [TENSOROP_PATH_STREAM] = "stream",
    [TENSOROP_PATH_DOT] = "dot",       [TENSOROP_PATHS] = "scale",
};

/* P: packed beforehand. */
static char letter(const tensorop_src *src, const float *packed) { return packed ? 'P' : src->rs == 1 ? 'N' : 'T'; }

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* As the caller wrote it: a row-major caller's A is the canonical B. */
void tensorop_verbose_run(const tensorop_gemm *call, bool row_major) {
  const double begin = seconds();
  const tensorop_outcome outcome = tensorop_gemm_perform(call);
  const double time = seconds() - begin;
  const char a = letter(&call->a, call->packed_a), b = letter(&call->b, call->packed_b);
  const int64_t m = row_major ? call->n : call->m, n = row_major ? call->m : call->n;
  fprintf(stderr,
          "tensorop: sgemm %s %c%c %lldx%lldx%lld alpha %g beta %g path %s target %s threads %d %.3f us %.2f GFLOPS\n",
          row_major ? "row" : "col", row_major ? b : a, row_major ? a : b, (long long)m, (long long)call->k,
          (long long)n, (double)call->alpha, (double)call->beta, path_names[outcome.path], tensorop_target_name(),
          outcome.threads, 1e6 * time, 2e-9 * tensorop_gemm_work(call) / time);
}
