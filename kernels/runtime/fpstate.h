/* The floating-point control state (rounding, flush to zero) of a thread: workers compute under the caller's. */
#ifndef TENSOROP_FPSTATE_H
#define TENSOROP_FPSTATE_H

#if defined(__x86_64__)
#include <xmmintrin.h>

typedef unsigned int tensorop_fpstate; /* MXCSR */

static inline tensorop_fpstate tensorop_fpstate_get(void) { return _mm_getcsr(); }
static inline void tensorop_fpstate_set(tensorop_fpstate state) { _mm_setcsr(state); }
static inline void tensorop_pause(void) { _mm_pause(); }

#else

typedef char tensorop_fpstate;

static inline tensorop_fpstate tensorop_fpstate_get(void) { return 0; }
static inline void tensorop_fpstate_set(tensorop_fpstate state) { (void)state; }
static inline void tensorop_pause(void) {}

#endif

/* Sets a state and returns the one before. */
static inline tensorop_fpstate tensorop_fpstate_swap(tensorop_fpstate state) {
  const tensorop_fpstate before = tensorop_fpstate_get();
  tensorop_fpstate_set(state);
  return before;
}

#endif
