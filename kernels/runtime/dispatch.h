/* The instance whose kernels run, chosen once at load. */
#ifndef TENSOROP_DISPATCH_H
#define TENSOROP_DISPATCH_H

#include <stdatomic.h>
#include <stdbool.h>

#include "cpu.h"
#include "instance.h"

extern _Atomic(const tensorop_target *) tensorop_active_target;
extern atomic_bool tensorop_verbose; /* TENSOROP_VERBOSE was set at load */

/* Chooses the target by CPU and environment. Calling it again changes nothing. */
const tensorop_target *tensorop_dispatch(void);

/* The first row of the table that holds for the CPU; the last row always does. */
const tensorop_target *tensorop_match(const tensorop_cpu *cpu);

static inline const tensorop_instance *tensorop_active(void) {
  const tensorop_target *const target = atomic_load_explicit(&tensorop_active_target, memory_order_acquire);
  return __builtin_expect(target != NULL, 1) ? target->instance : tensorop_dispatch()->instance;
}

#endif
