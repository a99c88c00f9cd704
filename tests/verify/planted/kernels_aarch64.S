/* COMPUTE by way of C, left as the planted bug wants: which rule of the calling convention is broken. */
#if defined(__aarch64__)
  .text
  .globl planted_compute
  .hidden planted_compute
  .type planted_compute, %function
planted_compute:
#ifndef NO_LANDING_PAD
  hint 34 /* bti c */
#endif
  stp x29, x30, [sp, #-16]!
  bl planted_body
  ldp x29, x30, [sp], #16
#ifdef CLOBBERS_X19
  mov x19, #0
#endif
#ifdef CLOBBERS_X28
  add x28, x28, #1
#endif
#ifdef CLOBBERS_X29
  mov x29, sp
#endif
#ifdef CLOBBERS_X18
  mov x18, #1
#endif
#ifdef CLOBBERS_D8
  movi v8.4s, #0
#endif
#ifdef CLOBBERS_D15
  fmov d15, #1.0
#endif
#ifdef UPPER_HALVES
  ins v8.d[1], xzr /* not kept by anyone: no bug */
#endif
#ifdef CHANGES_FPCR
  mov x9, #0x800000 /* round down */
  msr fpcr, x9
#endif
#ifdef RESETS_FPCR
  msr fpcr, xzr /* the usual value, not the caller's */
#endif
#ifdef WRITES_CALLERS_FRAME
  str xzr, [sp, #8]
#endif
#ifdef MOVES_STACK
  sub sp, sp, #16
#endif
  ret
  .size planted_compute, .-planted_compute
#endif
  .section .note.GNU-stack, "", %progbits
