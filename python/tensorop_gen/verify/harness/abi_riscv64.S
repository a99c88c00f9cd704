/* abi.h for RISC-V (LP64D). Frame of the call: canary words from the stack pointer upwards. vl and vtype are not kept
 * across calls; vstart must be 0 at each call and return, where there is a vector unit. */

#define FRAME_BYTES 128
#define FRM_USUAL 0
#define FRM_UNUSUAL 4 /* ties away from zero: changes no exact result, and others by a rounding */
#define CSR_VSTART 0x008

/* Places in `state`. */
#define OUR_SP 0
#define ITS_SP 8
#define BROKEN 16
#define VALUE 24
#define OUR_FRM 32
#define ITS_FRM 40
#define OUR_GP 48
#define OUR_TP 56
#define VECTORS 64
#define STATE_BYTES 72

/* Rules, in the order of their names. The canary of a register stands at its rule's place. */
#define RULE_S0 0
#define RULE_FS0 12
#define RULE_SP 24
#define RULE_GP 25
#define RULE_TP 26
#define RULE_FRM 27
#define RULE_VSTART 28
#define RULE_FRAME 29
#define RULES 30

  .option norelax /* nothing here goes by gp */

  .text
  .type probe_vectors, @function
probe_vectors:
  csrr t0, CSR_VSTART
  ret
  .size probe_vectors, .-probe_vectors

  .globl abi_init
  .hidden abi_init
  .type abi_init, @function
abi_init:
  addi sp, sp, -16
  sd ra, 8(sp)
  lla a0, probe_vectors
  call faults_executes
  lla t0, state
  sd a0, VECTORS(t0)
  slli a0, a0, RULE_VSTART
  li t0, (1 << RULES) - 1 - (1 << RULE_VSTART)
  or a0, a0, t0
  ld ra, 8(sp)
  addi sp, sp, 16
  ret
  .size abi_init, .-abi_init

/* a0 function, a1 arguments, a2 broken, a3 mode */
  .globl abi_call
  .hidden abi_call
  .type abi_call, @function
abi_call:
  addi sp, sp, -208
  sd ra, 200(sp)
  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
  sd s\n, 8 * \n(sp)
  fsd fs\n, 8 * (12 + \n)(sp)
  .endr
  lla t0, state
  sd sp, OUR_SP(t0)
  sd a2, BROKEN(t0)
  sd gp, OUR_GP(t0)
  sd tp, OUR_TP(t0)
  frrm t1
  sd t1, OUR_FRM(t0)
  li t1, FRM_USUAL
  beqz a3, 1f
  li t1, FRM_UNUSUAL
1:
  sd t1, ITS_FRM(t0)
  fsrm t1
  ld t1, VECTORS(t0)
  beqz t1, 2f
  csrw CSR_VSTART, zero
2:
  addi sp, sp, -FRAME_BYTES
  sd sp, ITS_SP(t0)
  lla t1, canaries
  ld t2, 8 * RULE_FRAME(t1)
  mv t3, sp
  addi t4, sp, FRAME_BYTES
3:
  sd t2, 0(t3)
  addi t3, t3, 8
  bne t3, t4, 3b

  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
  ld s\n, 8 * (RULE_S0 + \n)(t1)
  fld fs\n, 8 * (RULE_FS0 + \n)(t1)
  .endr
  mv t0, a0
  mv t1, a1
  ld a0, 0(t1)
  ld a1, 8(t1)
  ld a2, 16(t1)
  ld a3, 24(t1)
  ld a4, 32(t1)
  ld a5, 40(t1)
  jalr t0

  /* Nothing that came back is trusted, the stack pointer least. */
  lla t0, state
  sd a0, VALUE(t0)
  ld a2, BROKEN(t0)
  ld t1, ITS_SP(t0)
  sub t2, sp, t1
  sd t2, 8 * RULE_SP(a2)
  mv sp, t1
  ld t1, OUR_GP(t0)
  xor t2, gp, t1
  sd t2, 8 * RULE_GP(a2)
  mv gp, t1
  ld t1, OUR_TP(t0)
  xor t2, tp, t1
  sd t2, 8 * RULE_TP(a2)
  mv tp, t1

  lla t1, canaries
  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
  ld t2, 8 * (RULE_S0 + \n)(t1)
  xor t2, t2, s\n
  sd t2, 8 * (RULE_S0 + \n)(a2)
  ld t2, 8 * (RULE_FS0 + \n)(t1)
  fmv.x.d t3, fs\n
  xor t2, t2, t3
  sd t2, 8 * (RULE_FS0 + \n)(a2)
  .endr

  frrm t2
  ld t3, ITS_FRM(t0)
  xor t2, t2, t3
  sd t2, 8 * RULE_FRM(a2)
  sd zero, 8 * RULE_VSTART(a2)
  ld t2, VECTORS(t0)
  beqz t2, 4f
  csrr t2, CSR_VSTART
  sd t2, 8 * RULE_VSTART(a2)
  csrw CSR_VSTART, zero
4:
  ld t2, 8 * RULE_FRAME(t1)
  li t3, 0
  mv t4, sp
  addi t5, sp, FRAME_BYTES
5:
  ld t6, 0(t4)
  xor t6, t6, t2
  or t3, t3, t6
  addi t4, t4, 8
  bne t4, t5, 5b
  sd t3, 8 * RULE_FRAME(a2)

  ld t1, OUR_FRM(t0)
  fsrm t1
  ld a0, VALUE(t0)
  ld sp, OUR_SP(t0)
  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
  ld s\n, 8 * \n(sp)
  fld fs\n, 8 * (12 + \n)(sp)
  .endr
  ld ra, 200(sp)
  addi sp, sp, 208
  ret
  .size abi_call, .-abi_call

  .section .rodata
  .balign 8
canaries:
  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
  .quad 0x5eed0000c0de0000 + \n
  .endr

  .section .rodata.str1.1, "aMS", @progbits, 1
  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
.Ls\n: .asciz "s\n kept"
.Lfs\n: .asciz "fs\n kept"
  .endr
.Lsp: .asciz "stack pointer restored"
.Lgp: .asciz "gp kept"
.Ltp: .asciz "tp kept"
.Lfrm: .asciz "rounding mode (frm) kept"
.Lvstart: .asciz "vstart is 0"
.Lframe: .asciz "caller's stack frame untouched"

  .section .data.rel.ro, "aw"
  .balign 8
  .globl abi_rules
  .hidden abi_rules
  .type abi_rules, @object
abi_rules:
  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
  .quad .Ls\n
  .endr
  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
  .quad .Lfs\n
  .endr
  .quad .Lsp, .Lgp, .Ltp, .Lfrm, .Lvstart, .Lframe, 0
  .size abi_rules, .-abi_rules

  .local state
  .comm state, STATE_BYTES, 8

  .section .note.GNU-stack, "", @progbits
