/* The cases, one function a kind. Each returns false after noting a failure. */
#ifndef TENSOROP_CHECKS_H
#define TENSOROP_CHECKS_H

#include "reference.h"
#include "session.h"

bool check_pack(session *s, const test_case *t, rng *r); /* pack_a, pack_b: exact, zero-filled */
bool check_gemm(session *s, const test_case *t, rng *r); /* compute, direct_n, direct_t, stream, dot */
bool check_run(session *s, const test_case *t, rng *r); /* run, packed: whole calls and shares */

/* time: t->calls calls between two readings of the clock, on fresh data, their result checked. */
typedef struct timing {
  double seconds;
  double worst; /* ratio */
  int64_t elements; /* of C looked at */
} timing;

bool check_time(session *s, const test_case *t, rng *r, timing *out);

/* Shared: places and fills A, B and C (C: NaN if beta is 0) and remembers C. */
bool gemm_operands(session *s, const test_case *t, operands *o, rng *r);
command gemm_command(const test_case *t, const operands *o);
/* C against the reference, and everything round it against what was there. */
bool gemm_judge(session *s, const test_case *t, operands *o, const char *name, rng *r, verdict *v);

#endif
