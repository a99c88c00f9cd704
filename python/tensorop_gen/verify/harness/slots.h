/* The child's view of the operands: each slot stands alone between two guards of inaccessible pages. */
#ifndef TENSOROP_SLOTS_H
#define TENSOROP_SLOTS_H

#include <stdint.h>

#include "protocol.h"

enum { GUARD = 1 << 20 }; /* bytes */

typedef struct slots {
  int64_t capacity; /* bytes of one slot */
  char *shared[SLOTS]; /* in the arena */
  char *private_copy[SLOTS]; /* for timing: memory like any program's, in pages as large as the system gives */
} slots;

/* Maps everything. Returns 0, or an errno. */
int slots_map(slots *all, int64_t capacity, int arena);

/* Which slot an address points into or at whose guard, -1 for none; *offset: bytes from the start of the slot. */
int slots_find(const slots *all, const void *address, int64_t *offset);

#endif
