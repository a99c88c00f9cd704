#include "checks.h"

#include <stddef.h>

enum {
  ALIGNED = 16, /* floats: panels of A begin at multiples of 64 bytes */
  BUDGET = 1 << 24, /* products of one check, */
  TIMED_BUDGET = 1 << 20, /* and of one while it is timed, where every round is checked */
};

/* COMPUTE reads panels: whole ones, their rows past m and columns past n zero. */
static bool panels(session *s, const test_case *t, operands *o) {
  operand *const a = &o->of[SLOT_A], *const b = &o->of[SLOT_B];
  *a = (operand){.where = SLOT_A, .rows = s->instance.mr, .columns = t->k, .rs = 1, .cs = s->instance.mr};
  *b = (operand){.where = SLOT_B, .rows = t->k, .columns = s->instance.nr, .rs = s->instance.nr, .cs = 1};
  if (!operand_place(a, &s->memory, t->at_end, t->shift, ALIGNED)) return false;
  if (!operand_place(b, &s->memory, t->at_end, t->shift, 1)) return false;
  operand_fill_zero(a);
  operand_fill_zero(b);
  a->rows = t->m;
  b->columns = t->n;
  return true;
}

static bool matrices(session *s, const test_case *t, operands *o) {
  o->of[SLOT_A] = (operand){.where = SLOT_A, .rows = t->m, .columns = t->k, .rs = t->a_rs, .cs = t->a_cs};
  o->of[SLOT_B] = (operand){.where = SLOT_B, .rows = t->k, .columns = t->n, .rs = t->b_rs, .cs = t->b_cs};
  return operand_place(&o->of[SLOT_A], &s->memory, t->at_end, t->shift, 1) &&
         operand_place(&o->of[SLOT_B], &s->memory, t->at_end, t->shift, 1);
}

bool gemm_operands(session *s, const test_case *t, operands *o, rng *r) {
  *o = (operands){0};
  operand *const c = &o->of[SLOT_C];
  *c = (operand){.where = SLOT_C, .rows = t->m, .columns = t->n, .rs = 1, .cs = t->ldc};
  if (!(t->op == OP_COMPUTE ? panels(s, t, o) : matrices(s, t, o)) ||
      !operand_place(c, &s->memory, t->at_end, t->shift, 1)) {
    return fail(s, t, "plan", "the operands do not fit into the arena");
  }
  operand_fill(&o->of[SLOT_A], t->data, 0, r);
  operand_fill(&o->of[SLOT_B], t->data == DATA_CANCEL ? DATA_PAIRS : t->data, 1, r);
  if (t->beta != 0) operand_fill(c, t->data == DATA_CANCEL ? DATA_RANDOM : t->data, 1, r);
  operand_remember(c);
  return true;
}

command gemm_command(const test_case *t, const operands *o) {
  command c = {.op = t->op,
               .path = t->path,
               .mode = t->mode,
               .m = t->m,
               .n = t->n,
               .k = t->k,
               .alpha = t->alpha,
               .beta = t->beta,
               .ldc = t->ldc,
               .packed_m = t->m,
               .packed_n = t->n,
               .calls = t->calls};
  const operand *const a = &o->of[SLOT_A], *const b = &o->of[SLOT_B];
  c.a_rs = a->rs, c.a_cs = a->cs, c.b_rs = b->rs, c.b_cs = b->cs;
  for (int s = 0; s < SLOTS; s++) {
    c.at[s] = o->of[s].at;
    c.extent[s] = o->of[s].extent;
  }
  return c;
}

static bool wrong(session *s, const test_case *t, const verdict *v) {
  if (t->data == DATA_INTS) {
    return fail(s, t, "element", "C(%lld, %lld) = %.9g, exactly %.9g expected", (long long)v->i, (long long)v->j,
                v->got, v->want);
  }
  return fail(s, t, "element", "C(%lld, %lld) = %.9g, %.9g expected: r = %.4g, over the limit of %.4g", (long long)v->i,
              (long long)v->j, v->got, v->want, v->ratio, v->limit);
}

bool gemm_judge(session *s, const test_case *t, operands *o, const char *name, rng *r, verdict *v) {
  const operand *const c = &o->of[SLOT_C];
  int64_t offset = 0;
  if (operand_disturbed(c, &offset)) {
    return fail(s, t, "outside", "wrote outside C: %lld floats from its start (%lld x %lld, ldc %lld)",
                (long long)offset, (long long)t->m, (long long)t->n, (long long)t->ldc);
  }
  const int64_t budget = t->op == OP_CALLS ? TIMED_BUDGET : BUDGET;
  *v = reference_check(t, &o->of[SLOT_A], &o->of[SLOT_B], c, c->image + (c->data - c->window), budget, r);
  if (v->failed) return wrong(s, t, v);
  tally_add(s, name, t->data == DATA_RANDOM ? v->worst : 0);
  return true;
}

bool check_gemm(session *s, const test_case *t, rng *r) {
  operands o;
  if (!gemm_operands(s, t, &o, r)) return false;
  const command c = gemm_command(t, &o);
  verdict v;
  const bool passed = ask(s, t, &o, &c, NULL) && gemm_judge(s, t, &o, t->kind, r, &v);
  operand_forget(&o.of[SLOT_C]);
  return passed;
}
