/* The matrices of one shape: random, changed between calls, and the judgement of a result. */
#ifndef TENSOROP_BENCH_OPERANDS_H
#define TENSOROP_BENCH_OPERANDS_H

#include <stdint.h>

#include "library.h"

enum { POKES = 64 };

typedef struct operands {
  problem p;
  uint64_t state; /* of the generator */
  /* Elements (row of A, column of B, a common k) that poke changes, in turn. */
  struct {
    int64_t i, j, q;
    float a, b;
  } pokes[POKES];
  unsigned poked;
  uint64_t sum; /* over A and B as they must be */
} operands;

/* Allocates A, B, C. Returns 0, or -1 if there is not enough memory. */
int operands_make(operands *o, const problem *shape);
void operands_free(operands *o);

/* A and B uniform in [-1, 1), C filled with NaN. */
void operands_randomise(operands *o, uint64_t seed);

/* Changes one element of A and one of B, so that no result can be used again. */
void operands_poke(operands *o);

/* Whether A and B hold what was put there. To be asked before the result is judged by them. */
int operands_kept(const operands *o);

/* Worst r = |c - c'| / (eps * sum |a| |b|) with c' in float64 and eps = 2^-23: over all elements of a small problem,
 * else over the rows last poked and random ones. Infinite if any element of C is not finite. */
double operands_ratio(operands *o);

#endif
