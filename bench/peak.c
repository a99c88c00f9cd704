/* peak: what this machine can do at most, measured. Commands on standard input, one answer a line:
 *
 *   isa                          name, flops per cycle that no core of this ISA exceeds
 *   clock MS                     cycles per second of one core (0: the ISA has no loop for it)
 *   flops THREADS MS             float32 multiply-adds of registers, counted as two flops, per second
 *   read BYTES THREADS MS        bytes per second of reading a buffer of that size again and again, the best unrolling
 *
 * Thread i runs on the i-th processor that the process may use (taskset chooses). Thread rates are added up.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "clock.h"
#include "probe.h"

enum { THREADS_MAX = 256 };

typedef struct task {
  const probe_isa *isa;
  const char *data; /* NULL: multiply-adds */
  size_t bytes;
  probe_read_fn read;
  double seconds;
  pthread_barrier_t *start;
  int index;
  double rate;
} task;

static void pin(const int index) {
  cpu_set_t allowed;
  cpu_set_t one;
  sched_getaffinity(0, sizeof allowed, &allowed);
  int seen = 0;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (CPU_ISSET(cpu, &allowed) && seen++ == index) {
      CPU_ZERO(&one);
      CPU_SET(cpu, &one);
      sched_setaffinity(0, sizeof one, &one);
      return;
    }
  }
}

/* Runs one slice of about 20 us or one pass over the data; returns its flops or bytes. */
static double slice(const task *const t) {
  if (t->data) {
    t->read(t->data, t->bytes);
    return (double)t->bytes;
  }
  const long iterations = 5000;
  t->isa->fma(iterations);
  return (double)iterations * t->isa->flops_per_iteration;
}

static void *work(void *const argument) {
  task *const t = argument;
  pin(t->index);
  slice(t);
  pthread_barrier_wait(t->start);
  const double start = clock_seconds();
  double done = 0;
  double elapsed = 0;
  do {
    done += slice(t);
    elapsed = clock_seconds() - start;
  } while (elapsed < t->seconds);
  t->rate = done / elapsed;
  return NULL;
}

/* The sum of the threads' rates; each reads its own share of the data. */
static double rate(const probe_isa *const isa, const int threads, const double ms, const char *const data,
                   const size_t bytes, const probe_read_fn read) {
  pthread_barrier_t start;
  pthread_t ids[THREADS_MAX];
  task tasks[THREADS_MAX];
  const size_t share = bytes / (size_t)threads / PROBE_READ_BLOCK * PROBE_READ_BLOCK;
  pthread_barrier_init(&start, NULL, (unsigned)threads);
  for (int i = 0; i < threads; i++) {
    tasks[i] = (task){isa, data ? data + share * (size_t)i : NULL, share, read, ms * 1e-3, &start, i, 0};
    if (pthread_create(&ids[i], NULL, work, &tasks[i]) != 0) {
      fprintf(stderr, "peak: cannot start thread %d of %d\n", i + 1, threads);
      exit(1);
    }
  }
  double sum = 0;
  for (int i = 0; i < threads; i++) {
    pthread_join(ids[i], NULL);
    sum += tasks[i].rate;
  }
  pthread_barrier_destroy(&start);
  return sum;
}

/* The buffer is as the operands of worker.c: touched, of huge pages where the system gives them on request. */
static double read_rate(const probe_isa *const isa, size_t bytes, const int threads, const double ms) {
  const size_t unit = (size_t)threads * PROBE_READ_BLOCK;
  bytes = (bytes + unit - 1) / unit * unit;
  char *const data = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED) {
    return 0;
  }
  madvise(data, bytes, MADV_HUGEPAGE);
  memset(data, 1, bytes);
  double best = 0;
  int loops = 0;
  while (loops < PROBE_READ_LOOPS_MAX && isa->read[loops]) {
    loops++;
  }
  for (int i = 0; i < loops; i++) {
    const double one = rate(isa, threads, ms / loops, data, bytes, isa->read[i]);
    best = one > best ? one : best;
  }
  munmap(data, bytes);
  return best;
}

static double clock_rate(const probe_isa *const isa, const double ms) {
  if (!isa->chain) {
    return 0;
  }
  const double start = clock_seconds();
  double cycles = 0;
  double elapsed = 0;
  do {
    const long iterations = 4000;
    isa->chain(iterations);
    cycles += (double)iterations * isa->cycles_per_iteration;
    elapsed = clock_seconds() - start;
  } while (elapsed < ms * 1e-3);
  return cycles / elapsed;
}

static void answer(const probe_isa *const isa, const char *const line) {
  double ms = 0;
  int threads = 0;
  size_t bytes = 0;
  if (strncmp(line, "isa", 3) == 0) {
    printf("ok %g %s\n", isa->flops_per_cycle, isa->name);
  } else if (sscanf(line, "clock %lf", &ms) == 1) {
    printf("ok %.6e\n", clock_rate(isa, ms));
  } else if (sscanf(line, "flops %d %lf", &threads, &ms) == 2 && threads >= 1 && threads <= THREADS_MAX) {
    printf("ok %.6e\n", rate(isa, threads, ms, NULL, 0, NULL));
  } else if (sscanf(line, "read %zu %d %lf", &bytes, &threads, &ms) == 3 && bytes > 0 && threads >= 1 &&
             threads <= THREADS_MAX) {
    printf("ok %.6e\n", read_rate(isa, bytes, threads, ms));
  } else {
    printf("error not a command: %s", line);
  }
  fflush(stdout);
}

int main(void) {
  const probe_isa *const isa = probe_isa_find();
  char line[256];
  while (fgets(line, sizeof line, stdin)) {
    answer(isa, line);
  }
  return 0;
}
