/* abi.h for x86-64 (System V). Frame of the call: 14 canary words right above the return address, rsp = 16 modulo 64,
 * so that a kernel that wants more than the promised 16 bytes of alignment has to make it itself. */

#define CANARY(n) (0x5eed0000c0de0000 + n)
#define FRAME_WORDS 14
#define MXCSR_USUAL 0x1f80
#define MXCSR_UNUSUAL 0x9fc0 /* subnormals flushed: changes no result of the data that go with it */
#define MXCSR_CONTROL 0xffc0
#define X87_USUAL 0x037f
#define X87_UNUSUAL 0x027f
#define FLAG_DIRECTION 0x400

#define NO_AVX 0
#define AVX 1
#define AVX512 2

  .text
  .globl abi_init
  .hidden abi_init
  .type abi_init, @function
abi_init:
  endbr64
  pushq %rbx
  movl $1, %eax
  xorl %ecx, %ecx
  cpuid
  andl $0x18000000, %ecx /* OSXSAVE, AVX */
  cmpl $0x18000000, %ecx
  jne 1f
  xorl %ecx, %ecx
  xgetbv
  movl %eax, %edx
  andl $6, %edx /* SSE and AVX state kept by the system */
  cmpl $6, %edx
  jne 1f
  movl $AVX, vectors(%rip)
  andl $0xe6, %eax
  cmpl $0xe6, %eax
  jne 1f
  movl $AVX512, vectors(%rip)
1:
  movl $0x1fff, %eax /* all, except that upper halves need AVX */
  cmpl $NO_AVX, vectors(%rip)
  jne 2f
  movl $0x0fff, %eax
2:
  popq %rbx
  ret
  .size abi_init, .-abi_init

/* rdi function, rsi arguments, rdx broken, rcx mode */
  .globl abi_call
  .hidden abi_call
  .type abi_call, @function
abi_call:
  endbr64
  pushq %rbx
  pushq %rbp
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, our_rsp(%rip)
  movq %rdx, broken(%rip)
  stmxcsr our_mxcsr(%rip)
  fnstcw our_x87(%rip)
  testq %rcx, %rcx
  movl $MXCSR_USUAL, %eax
  movl $MXCSR_UNUSUAL, %r8d
  cmovneq %r8, %rax
  movl %eax, mxcsr(%rip)
  movl $X87_USUAL, %eax
  movl $X87_UNUSUAL, %r8d
  cmovneq %r8, %rax
  movl %eax, x87(%rip)
  ldmxcsr mxcsr(%rip)
  fldcw x87(%rip)

  andq $-64, %rsp
  subq $(8 * FRAME_WORDS), %rsp
  movq %rsp, its_rsp(%rip)
  movabsq $CANARY(0), %rax
  movl $(FRAME_WORDS - 1), %ecx
1:
  movq %rax, (%rsp, %rcx, 8)
  decq %rcx
  jns 1b

  cmpl $NO_AVX, vectors(%rip)
  je 2f
  vzeroupper
2:
  movq %rdi, %r11
  movq %rsi, %r10
  movq (%r10), %rdi
  movq 8(%r10), %rsi
  movq 16(%r10), %rdx
  movq 24(%r10), %rcx
  movq 32(%r10), %r8
  movq 40(%r10), %r9
  movabsq $CANARY(1), %rbx
  movabsq $CANARY(2), %rbp
  movabsq $CANARY(3), %r12
  movabsq $CANARY(4), %r13
  movabsq $CANARY(5), %r14
  movabsq $CANARY(6), %r15
  cld
  call *%r11

  /* Nothing that came back is trusted, the stack pointer least. */
  movq %rax, value(%rip)
  movq %rsp, got_rsp(%rip)
  movq its_rsp(%rip), %rsp
  pushfq
  popq %rax
  cld
  movq broken(%rip), %rdx
  andq $FLAG_DIRECTION, %rax
  movq %rax, 56(%rdx)
  movabsq $CANARY(1), %rax
  xorq %rax, %rbx
  movq %rbx, (%rdx)
  movabsq $CANARY(2), %rax
  xorq %rax, %rbp
  movq %rbp, 8(%rdx)
  movabsq $CANARY(3), %rax
  xorq %rax, %r12
  movq %r12, 16(%rdx)
  movabsq $CANARY(4), %rax
  xorq %rax, %r13
  movq %r13, 24(%rdx)
  movabsq $CANARY(5), %rax
  xorq %rax, %r14
  movq %r14, 32(%rdx)
  movabsq $CANARY(6), %rax
  xorq %rax, %r15
  movq %r15, 40(%rdx)
  movq got_rsp(%rip), %rax
  subq %rsp, %rax
  movq %rax, 48(%rdx)
  stmxcsr got_mxcsr(%rip)
  movl got_mxcsr(%rip), %eax
  xorl mxcsr(%rip), %eax
  andl $MXCSR_CONTROL, %eax
  movq %rax, 64(%rdx)
  fnstenv environment(%rip)
  movzwl environment(%rip), %eax
  xorl x87(%rip), %eax
  movq %rax, 72(%rdx)
  movzwl 8 + environment(%rip), %eax
  xorl $0xffff, %eax
  movq %rax, 80(%rdx)

  movabsq $CANARY(0), %rax
  xorl %ebx, %ebx
  movl $(FRAME_WORDS - 1), %ecx
3:
  movq (%rsp, %rcx, 8), %rbp
  xorq %rax, %rbp
  orq %rbp, %rbx
  decq %rcx
  jns 3b
  movq %rbx, 88(%rdx)

  /* The call was entered with clean upper halves. */
  movq $0, 96(%rdx)
  cmpl $AVX, vectors(%rip)
  jb 5f
  je 4f
  .irp r, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  vporq %zmm\r, %zmm0, %zmm0
  .endr
  vextracti64x4 $1, %zmm0, %ymm1
  vorps %ymm1, %ymm0, %ymm1
  vextractf128 $1, %ymm1, %xmm1
  vextracti32x4 $2, %zmm0, %xmm2
  vorps %xmm2, %xmm1, %xmm1
  jmp 6f
4:
  .irp r, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  vorps %ymm\r, %ymm0, %ymm0
  .endr
  vextractf128 $1, %ymm0, %xmm1
6:
  vmovq %xmm1, %rax
  vpsrldq $8, %xmm1, %xmm1
  vmovq %xmm1, %rcx
  orq %rcx, %rax
  movq %rax, 96(%rdx)
  vzeroupper
5:
  fninit
  fldcw our_x87(%rip)
  ldmxcsr our_mxcsr(%rip)
  movq value(%rip), %rax
  movq our_rsp(%rip), %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbp
  popq %rbx
  ret
  .size abi_call, .-abi_call

  .section .rodata.str1.1, "aMS", @progbits, 1
.Lnames:
.L0: .asciz "rbx kept"
.L1: .asciz "rbp kept"
.L2: .asciz "r12 kept"
.L3: .asciz "r13 kept"
.L4: .asciz "r14 kept"
.L5: .asciz "r15 kept"
.L6: .asciz "stack pointer restored"
.L7: .asciz "direction flag clear"
.L8: .asciz "MXCSR control bits kept"
.L9: .asciz "x87 control word kept"
.L10: .asciz "x87 registers empty"
.L11: .asciz "caller's stack frame untouched"
.L12: .asciz "upper halves of the vector registers clean (vzeroupper)"

  .section .data.rel.ro, "aw"
  .balign 8
  .globl abi_rules
  .hidden abi_rules
  .type abi_rules, @object
abi_rules:
  .quad .L0, .L1, .L2, .L3, .L4, .L5, .L6, .L7, .L8, .L9, .L10, .L11, .L12, 0
  .size abi_rules, .-abi_rules

  .local our_rsp, its_rsp, got_rsp, broken, value, our_mxcsr, mxcsr, got_mxcsr, our_x87, x87, vectors, environment
  .comm our_rsp, 8, 8
  .comm its_rsp, 8, 8
  .comm got_rsp, 8, 8
  .comm broken, 8, 8
  .comm value, 8, 8
  .comm our_mxcsr, 4, 4
  .comm mxcsr, 4, 4
  .comm got_mxcsr, 4, 4
  .comm our_x87, 4, 4
  .comm x87, 4, 4
  .comm vectors, 4, 4
  .comm environment, 32, 16

  .section .note.GNU-stack, "", @progbits
