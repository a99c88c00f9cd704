/* Worker threads of our own. A worker has one cache line, which carries its job over and its answer back; it waits
 * spinning for a while, so that calls that follow each other closely find it awake, and then in the kernel. What a
 * worker has not begun when the caller is done with its own part, the caller does as well, so that a call does not wait
 * for workers that are slow to wake or that other programs keep from running. */
#if !defined(TENSOROP_THREADS_OPENMP) && !defined(TENSOROP_THREADS_NONE)

#define _GNU_SOURCE
#include "pool.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fpstate.h"
#include "threads.h"
#include "workspace.h"

static const int64_t SPIN_NANOSECONDS = 50000;

enum {
  IDLE,
  ASLEEP,
  POSTED, /* a job, not begun */
  BUSY,
  AWAITED, /* busy, and the caller sleeps until it is done */
};

typedef struct worker {
  _Alignas(64) atomic_uint state;
  int index, count;
  tensorop_task task;
  const void *job;
  float *workspace;
} worker;

static struct {
  atomic_uint held; /* a word: not every machine exchanges bytes without help of a library */
  int started;
  worker workers[TENSOROP_MAX_THREADS - 1];
} pool;

static void sleep_while(atomic_uint *state, unsigned value) {
  syscall(SYS_futex, state, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void wake(atomic_uint *state) { syscall(SYS_futex, state, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0); }

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* True when *state has left `value`, false when that takes too long. The clock is asked only now and then. */
static bool spin_while(atomic_uint *state, unsigned value) {
  int64_t end = 0;
  for (;;) {
    for (int i = 0; i < 64; i++) {
      if (atomic_load_explicit(state, memory_order_acquire) != value) return true;
      tensorop_pause();
    }
    const int64_t time = now();
    if (end == 0) end = time + SPIN_NANOSECONDS;
    if (time >= end) return false;
  }
}

static bool move(worker *w, unsigned from, unsigned to) {
  return atomic_compare_exchange_strong_explicit(&w->state, &from, to, memory_order_acq_rel, memory_order_acquire);
}

static void await_job(worker *w) {
  if (spin_while(&w->state, IDLE) || !move(w, IDLE, ASLEEP)) return;
  while (atomic_load_explicit(&w->state, memory_order_acquire) == ASLEEP) sleep_while(&w->state, ASLEEP);
}

static void *work(void *argument) {
  worker *const w = argument;
  for (;;) {
    await_job(w);
    if (!move(w, POSTED, BUSY)) continue; /* the caller took it back */
    w->task(w->job, w->index, w->count, w->workspace);
    if (atomic_exchange_explicit(&w->state, IDLE, memory_order_acq_rel) == AWAITED) wake(&w->state);
  }
  return NULL;
}

static void await_answer(worker *w) {
  if (spin_while(&w->state, BUSY) || !move(w, BUSY, AWAITED)) return;
  while (atomic_load_explicit(&w->state, memory_order_acquire) == AWAITED) sleep_while(&w->state, AWAITED);
}

static void post(worker *w, int count, tensorop_task task, const void *job) {
  w->count = count;
  w->task = task;
  w->job = job;
  if (atomic_exchange_explicit(&w->state, POSTED, memory_order_acq_rel) == ASLEEP) wake(&w->state);
}

/* In the child of a fork no worker lives, and whoever held the pool does not either. The workers' buffers were copied
 * and are used again. */
static void reset_in_child(void) {
  pool.started = 0;
  atomic_init(&pool.held, 0);
}

static bool survives_fork;

__attribute__((constructor)) static void watch_forks(void) {
  survives_fork = pthread_atfork(NULL, NULL, reset_in_child) == 0;
}

/* Signals are for the program's own threads, but for those that a thread brings upon itself (it reads a page that the
 * program's handler will map): blocked, they would end the process. */
static sigset_t blocked_signals(void) {
  static const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT};
  sigset_t set;
  sigfillset(&set);
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) sigdelset(&set, own[i]);
  return set;
}

static bool start(int index) {
  worker *const w = &pool.workers[index - 1];
  w->index = index;
  atomic_store_explicit(&w->state, IDLE, memory_order_relaxed); /* after a fork it may be anything */
  pthread_t thread;
  sigset_t before;
  const sigset_t blocked = blocked_signals();
  pthread_sigmask(SIG_SETMASK, &blocked, &before);
  const bool started = pthread_create(&thread, NULL, work, w) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (started) pthread_detach(thread);
  return started;
}

static bool make_ready(int index, size_t bytes) {
  worker *const w = &pool.workers[index - 1];
  if (bytes && !w->workspace) w->workspace = tensorop_map(bytes);
  if (bytes && !w->workspace) return false;
  if (index <= pool.started) return true;
  if (!survives_fork || !start(index)) return false;
  pool.started = index;
  return true;
}

int tensorop_pool_acquire(int wanted, size_t bytes) {
  if (atomic_exchange_explicit(&pool.held, 1, memory_order_acquire)) return 1;
  int count = 1;
  while (count < wanted && make_ready(count, bytes)) count++;
  if (count == 1) atomic_store_explicit(&pool.held, 0, memory_order_release);
  return count;
}

void tensorop_pool_run(int count, size_t bytes, tensorop_task task, const void *job, float *workspace) {
  (void)bytes; /* the workers have it since they were acquired */
  for (int i = 1; i < count; i++) post(&pool.workers[i - 1], count, task, job);
  task(job, 0, count, workspace);
  for (int i = 1; i < count; i++) {
    if (move(&pool.workers[i - 1], POSTED, IDLE)) task(job, i, count, workspace);
  }
  for (int i = 1; i < count; i++) await_answer(&pool.workers[i - 1]);
  atomic_store_explicit(&pool.held, 0, memory_order_release);
}

int tensorop_default_threads(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}

#endif
