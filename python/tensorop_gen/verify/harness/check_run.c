#include "checks.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 1024, ALIGNED = 16 }; /* floats */

static const char *const path_names[] = {"run direct", "run direct_pack", "run packed", "run stream", "run dot"};

enum { PATHS = sizeof path_names / sizeof *path_names };

/* The workspace: page-aligned, its beginning and what lies round it filled with the guard pattern. */
static bool place_workspace(session *s, const test_case *t, operands *o) {
  operand *const w = &o->of[SLOT_W];
  const int64_t size = (s->instance.workspace + (int64_t)sizeof(float) - 1) / (int64_t)sizeof(float);
  if (size + 2 * PAGE > s->memory.floats) return fail(s, t, "plan", "a workspace of %lld floats", (long long)size);
  w->where = SLOT_W;
  w->extent = size;
  w->at = t->at_end ? (s->memory.floats - size) / PAGE * PAGE : 0;
  w->data = s->memory.base + SLOT_W * s->memory.floats + w->at;
  guard_fill(w->data, size < 64 * PAGE ? size : 64 * PAGE);
  w->window = t->at_end ? w->data - PAGE : w->data + size;
  w->window_size = PAGE;
  guard_fill(w->window, w->window_size);
  return true;
}

static bool workspace_kept(session *s, const test_case *t, const operands *o) {
  const operand *const w = &o->of[SLOT_W];
  const int64_t broken = guard_broken(w->window, w->window_size);
  if (broken == w->window_size) return true;
  return fail(s, t, "outside", "wrote outside the workspace: %lld floats from its start",
              (long long)(w->window + broken - w->data));
}

/* Packs A or B ahead into its own slot. */
static bool pack_ahead(session *s, const test_case *t, operands *o, command *c, char which) {
  operand *const packed = &o->of[which == 'A' ? SLOT_PA : SLOT_PB];
  command order = *c;
  order.which = which;
  order.op = OP_PACKED_SIZE;
  int64_t size = 0, offset = 0;
  if (!ask(s, t, o, &order, &size)) return false;
  *packed = (operand){.where = which == 'A' ? SLOT_PA : SLOT_PB, .rows = size, .columns = 1, .rs = 1, .cs = size};
  if (size < 1 || !operand_place(packed, &s->memory, t->at_end, 0, ALIGNED)) {
    return fail(s, t, "element", "packed_size('%c') = %lld", which, (long long)size);
  }
  operand_remember(packed);
  *c = gemm_command(t, o);
  order = *c;
  order.which = which;
  order.op = OP_PACK;
  if (!ask(s, t, o, &order, NULL)) return false;
  if (operand_disturbed(packed, &offset)) {
    return fail(s, t, "outside", "wrote outside the packed %c: %lld floats from its start", which, (long long)offset);
  }
  operand_forget(packed);
  operand_remember(packed);
  return true;
}

static bool packed_kept(session *s, const test_case *t, const operand *packed) {
  const size_t size = (size_t)packed->window_size * sizeof(float);
  if (!packed->image || memcmp(packed->window, packed->image, size) == 0) return true;
  return fail(s, t, "outside", "wrote into the operand packed ahead");
}

/* All shares of the call, from top left to bottom right. */
static bool run_shares(session *s, const test_case *t, const operands *o, const command *whole) {
  const int64_t rows = t->split_m ? t->split_m : t->m, columns = t->split_n ? t->split_n : t->n;
  for (int64_t j = 0; j < t->n; j += columns) {
    for (int64_t i = 0; i < t->m; i += rows) {
      command c = *whole;
      c.m = t->m - i < rows ? t->m - i : rows;
      c.n = t->n - j < columns ? t->n - j : columns;
      c.row0 = i, c.col0 = j;
      c.at[SLOT_A] += i * c.a_rs;
      c.at[SLOT_B] += j * c.b_cs;
      c.at[SLOT_C] += i + j * c.ldc;
      if (!ask(s, t, o, &c, NULL)) return false;
    }
  }
  return true;
}

/* The same call in shares: the same bits. */
static bool shares_agree(session *s, const test_case *t, operands *o, const command *whole) {
  if (!t->split_m && !t->split_n) return true;
  const operand *const c = &o->of[SLOT_C];
  const size_t size = (size_t)c->window_size * sizeof(float);
  float *const result = malloc(size);
  if (!result) abort();
  memcpy(result, c->window, size);
  memcpy(c->window, c->image, size);
  bool passed = run_shares(s, t, o, whole);
  for (int64_t w = 0; passed && w < c->window_size; w++) {
    if (memcmp(result + w, c->window + w, sizeof *result) == 0) continue;
    const int64_t at = c->window + w - c->data;
    passed = fail(s, t, "share", "C(%lld, %lld) = %.9g in shares, %.9g as a whole", (long long)(at % c->cs),
                  (long long)(at / c->cs), (double)c->window[w], (double)result[w]);
  }
  free(result);
  return passed;
}

static bool run_whole(session *s, const test_case *t, operands *o, rng *r) {
  command c = gemm_command(t, o);
  for (const char *which = t->which; *which; which++) {
    if (!pack_ahead(s, t, o, &c, *which)) return false;
  }
  c.packed_a = strchr(t->which, 'A') != NULL;
  c.packed_b = strchr(t->which, 'B') != NULL;
  int64_t path = t->path;
  if (path < 0) {
    c.op = OP_PATH;
    if (!ask(s, t, o, &c, &path)) return false;
    if (path < 0 || path >= PATHS) return fail(s, t, "element", "path() = %lld", (long long)path);
  }
  c.op = OP_RUN;
  c.path = (int32_t)path;
  verdict v;
  return ask(s, t, o, &c, NULL) && gemm_judge(s, t, o, *t->which ? "run packed ahead" : path_names[path], r, &v) &&
         workspace_kept(s, t, o) && shares_agree(s, t, o, &c) && packed_kept(s, t, &o->of[SLOT_PA]) &&
         packed_kept(s, t, &o->of[SLOT_PB]);
}

bool check_run(session *s, const test_case *t, rng *r) {
  operands o;
  const bool passed = gemm_operands(s, t, &o, r) && place_workspace(s, t, &o) && run_whole(s, t, &o, r);
  for (int i = 0; i < SLOTS; i++) operand_forget(&o.of[i]);
  return passed;
}
