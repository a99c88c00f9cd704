/* The limit on threads: set by the caller, else from the environment, else what the threads build finds. */
#include "threads.h"

#include <stdatomic.h>
#include <stdlib.h>

static atomic_int limit; /* 0: not looked up yet, which waits for the first call large enough to ask */

static int clamp(long count) { return count > TENSOROP_MAX_THREADS ? TENSOROP_MAX_THREADS : (int)count; }

static int lookup(void) {
  static const char *const names[] = {"TENSOROP_NUM_THREADS", "OMP_NUM_THREADS"};
  for (int i = 0; i < 2; i++) {
    const char *const value = getenv(names[i]);
    const long count = value ? strtol(value, NULL, 10) : 0; /* of a list "8,2" the outer level counts */
    if (count > 0) return clamp(count);
  }
  return clamp(tensorop_default_threads());
}

int tensorop_get_num_threads(void) {
  int count = atomic_load_explicit(&limit, memory_order_relaxed);
  if (count == 0) {
    count = lookup();
    atomic_store_explicit(&limit, count, memory_order_relaxed);
  }
  return count;
}

void tensorop_set_num_threads(int count) {
  atomic_store_explicit(&limit, count < 1 ? 0 : clamp(count), memory_order_relaxed);
}
