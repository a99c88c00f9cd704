/* The floating-point control state (rounding, flush to zero) of a thread: workers compute under the caller's.
 *
 * Kernels also compute in lanes that hold no element, where an infinity of the other operand meets a zero: exceptions
 * are raised that the product itself does not raise. So their flags mean nothing after a call, and no call traps: where
 * the caller has unmasked exceptions, its product is computed with all of them masked. x86 only: few cores of other
 * architectures can trap at all. */
#ifndef TENSOROP_FPSTATE_H
#define TENSOROP_FPSTATE_H

#include <stdbool.h>

#if defined(__x86_64__)
#include <xmmintrin.h>

typedef unsigned int tensorop_fpstate; /* MXCSR */

static inline tensorop_fpstate tensorop_fpstate_get(void) { return _mm_getcsr(); }
static inline void tensorop_fpstate_set(tensorop_fpstate state) { _mm_setcsr(state); }
static inline void tensorop_pause(void) { _mm_pause(); }

#elif defined(__aarch64__)
#include <stdint.h>

typedef uint64_t tensorop_fpstate; /* FPCR */

static inline tensorop_fpstate tensorop_fpstate_get(void) {
  tensorop_fpstate state;
  __asm__ volatile("mrs %0, fpcr" : "=r"(state));
  return state;
}
static inline void tensorop_fpstate_set(tensorop_fpstate state) { __asm__ volatile("msr fpcr, %0" : : "r"(state)); }
static inline void tensorop_pause(void) { __asm__ volatile("yield"); }

#elif defined(__riscv)
#include <stdint.h>

typedef uint64_t tensorop_fpstate; /* frm */

static inline tensorop_fpstate tensorop_fpstate_get(void) {
  tensorop_fpstate state;
  __asm__ volatile("frrm %0" : "=r"(state));
  return state;
}
static inline void tensorop_fpstate_set(tensorop_fpstate state) { __asm__ volatile("fsrm %0" : : "r"(state)); }
/* `pause`, a hint that does nothing on cores that do not know it. */
static inline void tensorop_pause(void) { __asm__ volatile(".word 0x0100000f"); }

#else

typedef char tensorop_fpstate;

static inline tensorop_fpstate tensorop_fpstate_get(void) { return 0; }
static inline void tensorop_fpstate_set(tensorop_fpstate state) { (void)state; }
static inline void tensorop_pause(void) {}

#endif

#if defined(__x86_64__)
static inline tensorop_fpstate tensorop_fpstate_without_traps(tensorop_fpstate state) { return state | _MM_MASK_MASK; }
static inline bool tensorop_fpstate_traps(void) { return (~_mm_getcsr() & _MM_MASK_MASK) != 0; }
#else
static inline tensorop_fpstate tensorop_fpstate_without_traps(tensorop_fpstate state) { return state; }
static inline bool tensorop_fpstate_traps(void) { return false; }
#endif

/* Sets a state and returns the one before. */
static inline tensorop_fpstate tensorop_fpstate_swap(tensorop_fpstate state) {
  const tensorop_fpstate before = tensorop_fpstate_get();
  tensorop_fpstate_set(state);
  return before;
}

#endif
