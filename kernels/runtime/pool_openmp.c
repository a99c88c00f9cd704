/* The threads of the program's OpenMP runtime. Inside a parallel region of the program a call stays on its thread. */
#ifdef TENSOROP_THREADS_OPENMP

#include "pool.h"

#include <omp.h>
#include <pthread.h>
#include <stdbool.h>

#include "threads.h"
#include "workspace.h"

static bool forked; /* OpenMP runtimes hang where the child of a fork opens a parallel region */

static void note_fork(void) { forked = true; }

__attribute__((constructor)) static void watch_forks(void) { pthread_atfork(NULL, NULL, note_fork); }

int tensorop_pool_acquire(int wanted, size_t bytes) {
  (void)bytes; /* each thread asks for its own in the region */
  return forked || omp_in_parallel() ? 1 : wanted;
}

static int take(int *next) {
  int index;
#pragma omp atomic capture
  index = (*next)++;
  return index;
}

/* The runtime may give fewer threads, and one that gets no workspace takes no part: the others take what is left. */
void tensorop_pool_run(int count, size_t bytes, tensorop_task task, const void *job, float *workspace) {
  int next = 0;
#pragma omp parallel num_threads(count)
  {
    float *const own = omp_get_thread_num() == 0 || !bytes ? workspace : tensorop_workspace(bytes);
    if (own || !bytes) {
      for (int index = take(&next); index < count; index = take(&next)) task(job, index, count, own);
    }
  }
}

int tensorop_default_threads(void) { return omp_get_max_threads(); }

#endif
