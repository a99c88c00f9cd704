#define _POSIX_C_SOURCE 200809L
#include "checks.h"

#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

bool check_time(session *s, const test_case *t, rng *r, timing *out) {
  if (t->beta != 0) return fail(s, t, "plan", "time needs beta=0: only then do repeated calls give one result");
  operands o;
  bool passed = gemm_operands(s, t, &o, r);
  command c = gemm_command(t, &o);
  c.op = OP_LOAD;
  passed = passed && ask(s, t, &o, &c, NULL);
  c.op = OP_CALLS;
  const double start = now();
  passed = passed && ask(s, t, &o, &c, NULL);
  out->seconds = now() - start;
  c.op = OP_STORE;
  verdict v = {0};
  passed = passed && ask(s, t, &o, &c, NULL) && gemm_judge(s, t, &o, "time", r, &v);
  operand_forget(&o.of[SLOT_C]);
  if (!passed) return false;
  out->worst = v.worst;
  out->elements = v.checked;
  return true;
}
