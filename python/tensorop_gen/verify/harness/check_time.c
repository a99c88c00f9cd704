#define _POSIX_C_SOURCE 200809L
#include "checks.h"

#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Fresh data, `calls` calls between two readings of the clock, the result judged. */
static bool round_of(session *s, const test_case *t, int64_t calls, rng *r, double *seconds, verdict *v) {
  operands o;
  bool passed = gemm_operands(s, t, &o, r);
  command c = gemm_command(t, &o);
  c.op = OP_LOAD;
  passed = passed && ask(s, t, &o, &c, NULL);
  c.op = OP_CALLS;
  c.calls = calls;
  const double start = now();
  passed = passed && ask(s, t, &o, &c, NULL);
  *seconds = now() - start;
  c.op = OP_STORE;
  passed = passed && ask(s, t, &o, &c, NULL) && gemm_judge(s, t, &o, "time", r, v);
  operand_forget(&o.of[SLOT_C]);
  return passed;
}

bool check_time(session *s, const test_case *t, rng *r, timing *out) {
  verdict before, after;
  double first = 0;
  if (t->beta != 0) return fail(s, t, "plan", "time needs beta=0: only then do repeated calls give one result");
  if (!round_of(s, t, 1, r, &first, &before)) return false;
  if (!round_of(s, t, t->calls, r, &out->seconds, &after)) return false;
  out->before = before.worst;
  out->after = after.worst;
  out->elements = after.checked;
  out->path = t->path;
  return true;
}
