/* COMPUTE by way of C, left as the planted bug wants: which rule of the calling convention is broken. */
#if defined(__x86_64__)
  .text
  .globl planted_compute
  .hidden planted_compute
  .type planted_compute, @function
planted_compute:
  endbr64
  subq $8, %rsp
  call planted_body
  addq $8, %rsp
#ifdef CLOBBERS_RBX
  xorl %ebx, %ebx
#endif
#ifdef CLOBBERS_RBP
  xorl %ebp, %ebp
#endif
#ifdef CLOBBERS_R12
  incq %r12
#endif
#ifdef CLOBBERS_R15
  movl $1, %r15d
#endif
#ifdef CHANGES_MXCSR
  movl $0x3f80, -8(%rsp) /* round down */
  ldmxcsr -8(%rsp)
#endif
#ifdef RESETS_MXCSR
  movl $0x1f80, -8(%rsp) /* the usual value, not the caller's */
  ldmxcsr -8(%rsp)
#endif
#ifdef CHANGES_X87
  movw $0x0f7f, -8(%rsp)
  fldcw -8(%rsp)
#endif
#ifdef LEAVES_MMX
  movd %eax, %mm0
#endif
#ifdef SETS_DIRECTION
  std
#endif
#ifdef WRITES_CALLERS_FRAME
  movq $0, 16(%rsp)
#endif
#ifdef MOVES_STACK
  popq %rcx
  subq $16, %rsp
  jmp *%rcx
#endif
#ifdef DIRTY_UPPER_HALVES
  vpcmpeqd %ymm5, %ymm5, %ymm5
#endif
#ifdef NEEDS_ALIGNED_STACK
  vmovaps -64(%rsp), %ymm0
  vzeroupper
#endif
  ret
  .size planted_compute, .-planted_compute
#endif
  .section .note.GNU-stack, "", @progbits
