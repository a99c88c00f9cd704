#define _GNU_SOURCE
#include "slots.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

/* `capacity` bytes between guards; fd -1: private memory. */
static char *between_guards(int64_t capacity, int protection, int fd, int64_t offset) {
  char *const start =
      mmap(NULL, (size_t)capacity + 2 * GUARD, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) return NULL;
  const int flags = MAP_FIXED | (fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE : MAP_SHARED);
  char *const inside = mmap(start + GUARD, (size_t)capacity, protection, flags, fd, (off_t)offset);
  return inside == MAP_FAILED ? NULL : inside;
}

int slots_map(slots *all, int64_t capacity, int arena) {
  all->capacity = capacity;
  for (int s = 0; s < SLOTS; s++) {
    const int input = s == SLOT_A || s == SLOT_B;
    const int protection = input ? PROT_READ : PROT_READ | PROT_WRITE;
    all->shared[s] = between_guards(capacity, protection, arena, s * capacity);
    if (!all->shared[s]) return errno;
    if (s > SLOT_W) continue;
    all->private_copy[s] = between_guards(capacity, PROT_READ | PROT_WRITE, -1, 0);
    if (!all->private_copy[s]) return errno;
  }
  /* As the library does with its workspace. */
  madvise(all->private_copy[SLOT_W], (size_t)capacity, MADV_HUGEPAGE);
  return 0;
}

int slots_find(const slots *all, const void *address, int64_t *offset) {
  char *const *const views[] = {all->shared, all->private_copy};
  for (int v = 0; v < 2; v++) {
    for (int s = 0; s < SLOTS; s++) {
      if (!views[v][s]) continue;
      const int64_t at = (int64_t)((uintptr_t)address - (uintptr_t)views[v][s]);
      if (at < -GUARD || at >= all->capacity + GUARD) continue;
      *offset = at;
      return s;
    }
  }
  *offset = (int64_t)(uintptr_t)address;
  return -1;
}
