/* Seconds and processors, as the worker and the peak program count them. */
#ifndef TENSOROP_BENCH_CLOCK_H
#define TENSOROP_BENCH_CLOCK_H

#include <time.h>

static inline double clock_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif
