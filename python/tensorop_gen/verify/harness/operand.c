#include "operand.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 1024 }; /* floats of guard pattern on either side */

static const uint32_t guard_bits = 0x7fc0dead; /* a quiet NaN: read, it shows in the result; overwritten, in the bits */

uint64_t rng_next(rng *r) { /* splitmix64 */
  uint64_t z = r->state += 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

rng rng_for(uint64_t seed, const char *text) {
  uint64_t hash = 0xcbf29ce484222325U; /* FNV-1a */
  for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 0x100000001b3U;
  rng r = {seed ^ hash};
  rng_next(&r);
  return r;
}

void guard_fill(float *at, int64_t count) {
  for (int64_t i = 0; i < count; i++) memcpy(at + i, &guard_bits, sizeof guard_bits);
}

int64_t guard_broken(const float *at, int64_t count) {
  int64_t i = 0;
  while (i < count && memcmp(at + i, &guard_bits, sizeof guard_bits) == 0) i++;
  return i;
}

bool operand_place(operand *o, const arena *a, bool at_end, int64_t shift, int64_t grain) {
  const bool empty = o->rows == 0 || o->columns == 0;
  o->extent = empty ? 0 : (o->rows - 1) * o->rs + (o->columns - 1) * o->cs + 1;
  if (o->extent + shift + grain > a->floats) return false;
  o->at = at_end ? (a->floats - o->extent - shift) / grain * grain : (shift + grain - 1) / grain * grain;
  float *const start = a->base + o->where * a->floats;
  o->data = start + o->at;
  const int64_t first = o->at > WINDOW ? o->at - WINDOW : 0;
  const int64_t behind = o->at + o->extent + WINDOW;
  o->window = start + first;
  o->window_size = (behind < a->floats ? behind : a->floats) - first;
  guard_fill(o->window, o->window_size);
  return true;
}

static float uniform(rng *r) { return (float)((double)(rng_next(r) >> 40) * 0x1p-23 - 1.0); }

static float small_integer(rng *r) { return (float)((int64_t)(rng_next(r) >> 32) % 9 - 4); }

/* `p` is the element's place in the sum. Independent ones may come in any order. */
static float element(data_kind kind, int64_t p, float before, rng *r) {
  switch (kind) {
    case DATA_INTS: return small_integer(r);
    case DATA_CANCEL: return p % 2 ? -before * (1.0F + 0x1p-22F * (float)(rng_next(r) % 3)) : 1.5F + 0.5F * uniform(r);
    case DATA_PAIRS: return p % 2 ? before : uniform(r);
    case DATA_WIDE: return ldexpf(uniform(r), (int)(rng_next(r) % 41) - 20);
    default: return uniform(r);
  }
}

void operand_fill(const operand *o, data_kind kind, int inner, rng *r) {
  if (kind == DATA_RANDOM) inner = o->rs <= o->cs; /* memory's order, which large operands want */
  const int64_t outer_count = inner ? o->columns : o->rows, inner_count = inner ? o->rows : o->columns;
  const int64_t outer_step = inner ? o->cs : o->rs, inner_step = inner ? o->rs : o->cs;
  for (int64_t i = 0; i < outer_count; i++) {
    float before = 1.0F;
    for (int64_t p = 0; p < inner_count; p++) {
      before = element(kind, p, before, r);
      o->data[i * outer_step + p * inner_step] = before;
    }
  }
}

void operand_fill_nan(const operand *o) {
  for (int64_t j = 0; j < o->columns; j++) {
    for (int64_t i = 0; i < o->rows; i++) guard_fill(o->data + i * o->rs + j * o->cs, 1);
  }
}

void operand_fill_zero(const operand *o) { memset(o->data, 0, (size_t)o->extent * sizeof(float)); }

void operand_remember(operand *o) {
  o->image = malloc((size_t)o->window_size * sizeof(float));
  if (!o->image) abort();
  memcpy(o->image, o->window, (size_t)o->window_size * sizeof(float));
}

/* Offsets from the first element. */
static bool changed(const operand *o, int64_t from, int64_t to, int64_t *offset) {
  const float *const image = o->image + (o->data - o->window);
  for (*offset = from; *offset < to; ++*offset) {
    if (memcmp(o->data + *offset, image + *offset, sizeof(float)) != 0) return true;
  }
  return false;
}

/* Looks before the first column, and behind each. Column-major: rs = 1 wherever an image is kept. */
bool operand_disturbed(const operand *o, int64_t *offset) {
  const int64_t first = o->window - o->data, end = first + o->window_size;
  const int64_t columns = o->extent ? o->columns : 0;
  if (changed(o, first, columns ? 0 : end, offset)) return true;
  for (int64_t j = 0; j < columns; j++) {
    if (changed(o, j * o->cs + o->rows, j + 1 < columns ? (j + 1) * o->cs : end, offset)) return true;
  }
  return false;
}

void operand_forget(operand *o) {
  free(o->image);
  o->image = NULL;
}
