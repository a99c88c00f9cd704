/* One case of the plan: a line of text, as printed in reproducers. */
#ifndef TENSOROP_CASE_H
#define TENSOROP_CASE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum data_kind {
  DATA_RANDOM, /* uniform in [-1, 1) */
  DATA_INTS, /* small integers: every sum is exact */
  DATA_CANCEL, /* pairs of terms that cancel, up to their last bits */
  DATA_WIDE, /* exponents spread over 40 binary orders */
  DATA_KINDS,
  DATA_PAIRS = DATA_KINDS, /* B's side of DATA_CANCEL: each value twice */
} data_kind;

/* Strides count floats, 0: dense (A and B column-major, ldc = m). */
typedef struct test_case {
  char text[320];
  char kind[24]; /* a kernel's role, "run", "packed" or "time" */
  int32_t op;
  int64_t m, n, k;
  float alpha, beta;
  int64_t a_rs, a_cs, b_rs, b_cs, ldc;
  data_kind data;
  bool at_end; /* operands end at the guard page behind them, else they start at the one before */
  int64_t shift; /* floats between operand and that guard */
  int32_t path; /* run: -1 lets the instance choose */
  int32_t mode; /* floating-point control state */
  int64_t split_m, split_n; /* run: also in shares of so many rows and columns, which must give the same bits */
  char which[4]; /* packed: "A", "B" or "AB" */
  int64_t repeat; /* times with fresh data */
  int64_t calls; /* time: calls in the timed loop */
} test_case;

/* False if the line is not a case; *problem then says why. */
bool case_parse(test_case *c, const char *line, const char **problem);

#endif
