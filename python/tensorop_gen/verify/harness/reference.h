/* The truth in float64, and how far from it a result is. */
#ifndef TENSOROP_REFERENCE_H
#define TENSOROP_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "case.h"
#include "operand.h"

typedef struct verdict {
  bool failed;
  int64_t i, j; /* the first wrong element, */
  double got, want, ratio, limit;
  double worst; /* largest ratio over all elements, */
  int64_t checked; /* of which so many were looked at */
} verdict;

/* Compares C = alpha * A * B + beta * C element by element: ratio = |c - want| / (eps * (|alpha| * sum |a||b| + |beta|
 * * |c before|)), eps = 2^-23. `before` holds C as it was (column-major, leading dimension c->cs), unused if beta is 0.
 * Integers must be exact. Where more than `budget` products would be needed, corners and a random sample are checked.
 */
verdict reference_check(const test_case *t, const operand *a, const operand *b, const operand *c, const float *before,
                        int64_t budget, rng *r);

#endif
