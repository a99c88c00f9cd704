/* The planted candidate with other whole calls and another COMPUTE: what they do is defined by the test (RUN, COMPUTE,
 * PREPARE, prepended to this text). HONEST does the work. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "means.h"

#ifndef TIMED
#define TIMED 20 /* calls in a row */
#endif
#ifndef RUN
#define RUN HONEST
#endif
#ifndef COMPUTE
#define COMPUTE HONEST
#endif
#ifndef PREPARE
#define PREPARE
#endif

#define HONEST planted.run(path, g, workspace)
static void run(tensorop_path path, const tensorop_gemm *g, float *workspace) { RUN; }
#undef HONEST

#define HONEST planted.kernels->compute(k, a, b, c, ldc, t)
static void compute(int64_t k, const float *a, const float *b, float *c, int64_t ldc, const tensorop_tile *t) {
  COMPUTE;
}

static void prepare(void);

tensorop_instance cheat = {.prepare = prepare};

static void prepare(void) {
  static tensorop_gemm_kernels kernels;
  PREPARE;
  kernels = *planted.kernels;
  kernels.compute = compute;
  cheat = planted;
  cheat.kernels = &kernels;
  cheat.run = run;
}
