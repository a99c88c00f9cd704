/* No threads: every call stays on its caller. */
#ifdef TENSOROP_THREADS_NONE

#include "pool.h"

#include "threads.h"

int tensorop_pool_acquire(int wanted, size_t bytes) {
  (void)wanted, (void)bytes;
  return 1;
}

void tensorop_pool_run(int count, size_t bytes, tensorop_task task, const void *job, float *workspace) {
  (void)bytes;
  for (int i = 0; i < count; i++) task(job, i, count, workspace);
}

int tensorop_default_threads(void) { return 1; }

#endif
