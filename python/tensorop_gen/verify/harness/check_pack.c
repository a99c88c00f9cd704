#include "checks.h"

#include <stddef.h>

/* Panel element (i, p): source element, or zero past the width. */
static bool same(session *s, const test_case *t, const operand *source, const operand *panel, int64_t width) {
  for (int64_t p = 0; p < t->k; p++) {
    for (int64_t i = 0; i < panel->rows; i++) {
      const float *const from = source->data + i * source->rs + p * source->cs;
      const float want = i < width ? *from : 0.0F, got = panel->data[i + p * panel->cs];
      if (got == want) continue;
      return fail(s, t, "panel", "panel(%lld, k = %lld) = %.9g, %.9g expected", (long long)i, (long long)p, (double)got,
                  (double)want);
    }
  }
  return true;
}

bool check_pack(session *s, const test_case *t, rng *r) {
  const bool a = t->op == OP_PACK_A;
  const int64_t width = a ? t->m : t->n, panel_width = a ? s->instance.mr : s->instance.nr;
  operands o = {0};
  operand *const source = &o.of[a ? SLOT_A : SLOT_B], *const panel = &o.of[SLOT_W];
  *source = a ? (operand){.where = SLOT_A, .rows = width, .columns = t->k, .rs = t->a_rs, .cs = t->a_cs}
              : (operand){.where = SLOT_B, .rows = width, .columns = t->k, .rs = t->b_cs, .cs = t->b_rs};
  *panel = (operand){.where = SLOT_W, .rows = panel_width, .columns = t->k, .rs = 1, .cs = panel_width};
  if (!operand_place(source, &s->memory, t->at_end, t->shift, 1) ||
      !operand_place(panel, &s->memory, t->at_end, 0, a ? 16 : 1)) {
    return fail(s, t, "plan", "the operands do not fit into the arena");
  }
  operand_fill(source, t->data, 0, r);
  operand_remember(panel);
  command c = gemm_command(t, &o);
  c.b_rs = source->cs, c.b_cs = source->rs;
  int64_t offset = 0;
  bool passed = ask(s, t, &o, &c, NULL);
  if (passed && operand_disturbed(panel, &offset)) {
    passed = fail(s, t, "outside", "wrote outside the panel: %lld floats from its start", (long long)offset);
  }
  passed = passed && same(s, t, source, panel, width);
  operand_forget(panel);
  if (passed) tally_add(s, t->kind, 0);
  return passed;
}
