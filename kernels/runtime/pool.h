/* The threads that share a call. Three builds: TENSOROP_THREADS_OPENMP, TENSOROP_THREADS_NONE, else pthreads. */
#ifndef TENSOROP_POOL_H
#define TENSOROP_POOL_H

#include <stddef.h>

/* One of `count` parts of a job; workspace: as many bytes as were acquired, or NULL if that was 0. */
typedef void (*tensorop_task)(const void *job, int index, int count, float *workspace);

/* Takes the pool, for at most `wanted` threads with the caller, each with `bytes` of workspace (the same in every call
 * that is not 0). Returns how many there are; 1, where the pool is in use or cannot grow: nothing is held then. */
int tensorop_pool_acquire(int wanted, size_t bytes);

/* Runs parts 0 to count - 1 (count > 1, and bytes, as acquired) and gives the pool back. The caller takes part, with
 * its own workspace. */
void tensorop_pool_run(int count, size_t bytes, tensorop_task task, const void *job, float *workspace);

#endif
