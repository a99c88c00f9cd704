/* What a processor can do at most: the loops that bench/peak.c times. One file per ISA implements it. */
#ifndef TENSOROP_BENCH_PROBE_H
#define TENSOROP_BENCH_PROBE_H

#include <stddef.h>

enum { PROBE_READ_LOOPS_MAX = 8, PROBE_READ_BLOCK = 4096 };

/* Reads bytes (a multiple of PROBE_READ_BLOCK) from data once, front to back or in several streams. */
typedef void (*probe_read_fn)(const void *data, size_t bytes);

typedef struct probe_isa {
  const char *name;
  double flops_per_cycle; /* float32, most that any core with this ISA retires */
  double flops_per_iteration; /* of fma */
  void (*fma)(long iterations); /* independent multiply-adds in registers: the peak */
  double cycles_per_iteration; /* of chain */
  void (*chain)(long iterations); /* dependent instructions of known latency: shows the clock. NULL: not known */
  probe_read_fn read[PROBE_READ_LOOPS_MAX]; /* different unrollings, ended by NULL */
} probe_isa;

/* The best ISA of the processor this runs on. */
const probe_isa *probe_isa_find(void);

#endif
