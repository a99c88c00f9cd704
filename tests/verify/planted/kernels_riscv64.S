/* COMPUTE by way of C, left as the planted bug wants: which rule of the calling convention is broken. */
#if defined(__riscv)
  .text
  .globl planted_compute
  .hidden planted_compute
  .type planted_compute, @function
planted_compute:
  addi sp, sp, -16
  sd ra, 8(sp)
  call planted_body
  ld ra, 8(sp)
  addi sp, sp, 16
#ifdef CLOBBERS_S0
  li s0, 0
#endif
#ifdef CLOBBERS_S1
  addi s1, s1, 1
#endif
#ifdef CLOBBERS_S11
  li s11, -1
#endif
#ifdef CLOBBERS_FS0
  fmv.d.x fs0, zero
#endif
#ifdef CLOBBERS_FS11
  fcvt.d.w fs11, sp
#endif
#ifdef CLOBBERS_GP
  addi gp, gp, 8
#endif
#ifdef CLOBBERS_TP
  li tp, 0
#endif
#ifdef CHANGES_FRM
  fsrmi 1
#endif
#ifdef RESETS_FRM
  fsrmi 0 /* the usual value, not the caller's */
#endif
#ifdef SETS_FLAGS
  fsflagsi 31 /* kept by no one: no bug */
#endif
#ifdef LEAVES_VSTART
  csrwi 0x008, 1
#endif
#ifdef WRITES_CALLERS_FRAME
  sd zero, 0(sp)
#endif
#ifdef MOVES_STACK
  addi sp, sp, -16
#endif
  ret
  .size planted_compute, .-planted_compute
#endif
  .section .note.GNU-stack, "", @progbits
