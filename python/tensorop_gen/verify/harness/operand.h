/* Operands in the arena as the parent sees them: where they lie, what stands in and around them. */
#ifndef TENSOROP_OPERAND_H
#define TENSOROP_OPERAND_H

#include <stdbool.h>
#include <stdint.h>

#include "case.h"
#include "protocol.h"

/* The parent's mapping; slot s begins at base + s * floats. */
typedef struct arena {
  float *base;
  int64_t floats; /* of one slot */
  int fd;
} arena;

/* rows x columns floats; element (i, j) at data[i * rs + j * cs]. `image`, if kept, is what window[0 .. size) held
 * before the call: the operand and up to a page of guard on either side. */
typedef struct operand {
  slot where;
  int64_t rows, columns, rs, cs;
  int64_t at, extent; /* floats from the start of the slot, floats spanned */
  float *data;
  float *window, *image;
  int64_t window_size;
} operand;

/* Random numbers: the same for the same seed on every machine. */
typedef struct rng {
  uint64_t state;
} rng;

uint64_t rng_next(rng *r);
rng rng_for(uint64_t seed, const char *text);

/* Places an operand at the end or the start of its slot, `shift` floats from the guard, the first element at a multiple
 * of `grain` floats, and fills its window with the guard pattern. False if it does not fit. */
bool operand_place(operand *o, const arena *a, bool at_end, int64_t shift, int64_t grain);

/* Fills the elements (not what lies between them). inner: 0 if columns are the summed index, 1 if rows are. */
void operand_fill(const operand *o, data_kind kind, int inner, rng *r);
void operand_fill_nan(const operand *o);
void operand_fill_zero(const operand *o);

/* The guard pattern by itself, and the first of `count` floats that no longer holds it (count if all do). */
void guard_fill(float *at, int64_t count);
int64_t guard_broken(const float *at, int64_t count);

void operand_remember(operand *o);
/* Floats from the operand's start to the first one that changed outside rows x columns; false if none did. */
bool operand_disturbed(const operand *o, int64_t *offset);
void operand_forget(operand *o);

#endif
