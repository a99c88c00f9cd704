#define _GNU_SOURCE
#include "operands.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { JUDGED_WORK = 1 << 24, ROWS_MIN = 4, HUGE_FROM = 4 << 20 };

static uint64_t next(uint64_t *const state) {
  *state += 0x9E3779B97F4A7C15U; /* splitmix64 */
  uint64_t z = *state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

static float uniform(const uint32_t bits) { return (float)(bits >> 8) * 0x1p-23F - 1.0F; }

static int64_t below(uint64_t *const state, const int64_t bound) { return (int64_t)(next(state) % (uint64_t)bound); }

/* Mapped, page-aligned memory; large operands ask for huge pages, as numpy does for its arrays. */
static float *matrix(const int64_t elements) {
  const size_t bytes = (size_t)elements * sizeof(float);
  void *const data = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED) {
    return NULL;
  }
  if (bytes >= HUGE_FROM) {
    madvise(data, bytes, MADV_HUGEPAGE);
  }
  return data;
}

static void release(float *const data, const int64_t elements) {
  if (data) {
    munmap(data, (size_t)elements * sizeof(float));
  }
}

int operands_make(operands *const o, const problem *const shape) {
  o->p = *shape;
  o->p.lda = shape->trans_a == 'T' ? shape->m : shape->k;
  o->p.ldb = shape->trans_b == 'T' ? shape->k : shape->n;
  o->p.ldc = shape->n;
  o->p.a = matrix(shape->m * shape->k);
  o->p.b = matrix(shape->k * shape->n);
  o->p.c = matrix(shape->m * shape->n);
  return o->p.a && o->p.b && o->p.c ? 0 : -1;
}

void operands_free(operands *const o) {
  release(o->p.a, o->p.m * o->p.k);
  release(o->p.b, o->p.k * o->p.n);
  release(o->p.c, o->p.m * o->p.n);
  o->p.a = o->p.b = o->p.c = NULL;
}

static void fill(float *const data, const int64_t elements, uint64_t *const state) {
  for (int64_t i = 0; i < elements; i += 2) {
    const uint64_t bits = next(state);
    data[i] = uniform((uint32_t)bits);
    if (i + 1 < elements) {
      data[i + 1] = uniform((uint32_t)(bits >> 32));
    }
  }
}

/* An element's part of the sum; `at` tells the elements of A and B apart. */
static uint64_t weighed(const float *const element, const int64_t at) {
  uint32_t bits;
  memcpy(&bits, element, sizeof bits);
  return bits * ((uint64_t)at * 0x9E3779B97F4A7C15U | 1);
}

static uint64_t sum_of(const float *const data, const int64_t elements, const int64_t first) {
  uint64_t sum = 0;
  for (int64_t i = 0; i < elements; i++) {
    sum += weighed(data + i, first + i);
  }
  return sum;
}

static uint64_t sum_of_inputs(const problem *const p) {
  return sum_of(p->a, p->m * p->k, 0) + sum_of(p->b, p->k * p->n, p->m * p->k);
}

int operands_kept(const operands *const o) { return sum_of_inputs(&o->p) == o->sum; }

void operands_randomise(operands *const o, const uint64_t seed) {
  const problem *const p = &o->p;
  o->state = seed;
  fill(p->a, p->m * p->k, &o->state);
  fill(p->b, p->k * p->n, &o->state);
  for (int64_t i = 0; i < p->m * p->n; i++) {
    p->c[i] = NAN;
  }
  for (int i = 0; i < POKES; i++) {
    o->pokes[i].i = below(&o->state, p->m);
    o->pokes[i].j = below(&o->state, p->n);
    o->pokes[i].q = below(&o->state, p->k);
    o->pokes[i].a = uniform((uint32_t)next(&o->state));
    o->pokes[i].b = uniform((uint32_t)next(&o->state));
  }
  o->poked = 0;
  o->sum = sum_of_inputs(p);
}

static float *at_a(const problem *const p, const int64_t i, const int64_t q) {
  return p->a + (p->trans_a == 'T' ? q * p->lda + i : i * p->lda + q);
}

static float *at_b(const problem *const p, const int64_t q, const int64_t j) {
  return p->b + (p->trans_b == 'T' ? j * p->ldb + q : q * p->ldb + j);
}

static void change(operands *const o, float *const element, const int64_t at, const float value) {
  o->sum -= weighed(element, at);
  *element = value;
  o->sum += weighed(element, at);
}

/* The sign flips each time round, so that an element never gets the value it had. */
void operands_poke(operands *const o) {
  const unsigned at = o->poked++ % POKES;
  float *const a = at_a(&o->p, o->pokes[at].i, o->pokes[at].q);
  float *const b = at_b(&o->p, o->pokes[at].q, o->pokes[at].j);
  change(o, a, a - o->p.a, o->pokes[at].a);
  change(o, b, o->p.m * o->p.k + (b - o->p.b), o->pokes[at].b);
  o->pokes[at].a = -o->pokes[at].a;
  o->pokes[at].b = -o->pokes[at].b;
}

/* Row i of the reference and of the sums of magnitudes. */
static void reference_row(const problem *const p, const int64_t i, double *const sum, double *const magnitude) {
  for (int64_t j = 0; j < p->n; j++) {
    sum[j] = magnitude[j] = 0;
  }
  if (p->trans_b == 'T') {
    for (int64_t j = 0; j < p->n; j++) {
      for (int64_t q = 0; q < p->k; q++) {
        const double term = (double)*at_a(p, i, q) * (double)p->b[j * p->ldb + q];
        sum[j] += term;
        magnitude[j] += fabs(term);
      }
    }
    return;
  }
  for (int64_t q = 0; q < p->k; q++) {
    const double a = *at_a(p, i, q);
    const float *const b = p->b + q * p->ldb;
    for (int64_t j = 0; j < p->n; j++) {
      const double term = a * (double)b[j];
      sum[j] += term;
      magnitude[j] += fabs(term);
    }
  }
}

static double row_ratio(const problem *const p, const int64_t i, double *const sum, double *const magnitude) {
  double worst = 0;
  reference_row(p, i, sum, magnitude);
  for (int64_t j = 0; j < p->n; j++) {
    const double error = fabs((double)p->c[i * p->ldc + j] - sum[j]);
    const double r = error == 0 ? 0 : error / (0x1p-23 * magnitude[j]);
    worst = r > worst ? r : worst;
  }
  return worst;
}

static int all_finite(const float *const c, const int64_t elements) {
  float product = 0;
  for (int64_t i = 0; i < elements; i++) {
    product += c[i] * 0.0F;
  }
  return product == 0;
}

double operands_ratio(operands *const o) {
  const problem *const p = &o->p;
  if (!all_finite(p->c, p->m * p->n)) {
    return INFINITY;
  }
  const int64_t affordable = JUDGED_WORK / (p->k * p->n);
  const int64_t rows = affordable < ROWS_MIN ? ROWS_MIN : affordable;
  double *const sums = malloc(2 * (size_t)p->n * sizeof *sums);
  if (!sums) {
    return INFINITY;
  }
  double worst = 0;
  for (int64_t r = 0; r < (rows < p->m ? rows : p->m); r++) {
    const int64_t last = o->pokes[(o->poked - 1 - (unsigned)r) % POKES].i;
    const int64_t sampled = r < 2 && o->poked > 0 ? last : below(&o->state, p->m);
    const double ratio = row_ratio(p, rows < p->m ? sampled : r, sums, sums + p->n);
    worst = ratio > worst ? ratio : worst;
  }
  free(sums);
  return worst;
}
