/* abi.h for AArch64 (AAPCS64). x18 is the platform's: no kernel touches it, so that none minds where it runs. Frame of
 * the call: canary words from the stack pointer upwards. */

#define FRAME_BYTES 128
#define FPCR_USUAL 0
#define FPCR_UNUSUAL 0x1000000 /* subnormals flushed: changes no result of the data that go with it */

/* Places in `state`. */
#define OUR_SP 0
#define ITS_SP 8
#define GOT_SP 16
#define BROKEN 24
#define VALUE 32
#define OUR_FPCR 40
#define ITS_FPCR 48
#define FIRST 56 /* the function's first instruction */

/* Rules, in the order of their names. The canary of a register stands at its rule's place. */
#define RULE_X19 0
#define RULE_X29 10
#define RULE_X18 11
#define RULE_D8 12
#define RULE_SP 20
#define RULE_FPCR 21
#define RULE_FRAME 22
#define RULE_LANDING 23
#define RULES 24

#define BTI_C hint 34 /* for assemblers that take it for this architecture's oldest version too */

  .macro address register, symbol
  adrp \register, \symbol
  add \register, \register, :lo12:\symbol
  .endm

  .text
  .globl abi_init
  .hidden abi_init
  .type abi_init, %function
abi_init:
  BTI_C
  mov w0, #((1 << RULES) - 1)
  ret
  .size abi_init, .-abi_init

/* x0 function, x1 arguments, x2 broken, x3 mode */
  .globl abi_call
  .hidden abi_call
  .type abi_call, %function
abi_call:
  BTI_C
  stp x29, x30, [sp, #-176]!
  stp x19, x20, [sp, #16]
  stp x21, x22, [sp, #32]
  stp x23, x24, [sp, #48]
  stp x25, x26, [sp, #64]
  stp x27, x28, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  str x18, [sp, #160]
  address x9, state
  mov x10, sp
  str x10, [x9, #OUR_SP]
  str x2, [x9, #BROKEN]
  mrs x10, fpcr
  str x10, [x9, #OUR_FPCR]
  mov x10, #FPCR_USUAL
  mov x11, #FPCR_UNUSUAL
  cmp x3, #0
  csel x10, x11, x10, ne
  str x10, [x9, #ITS_FPCR]
  msr fpcr, x10
  ldr w10, [x0]
  str w10, [x9, #FIRST]

  sub sp, sp, #FRAME_BYTES
  mov x10, sp
  str x10, [x9, #ITS_SP]
  address x17, canaries
  ldr x11, [x17, #(8 * RULE_FRAME)]
  add x12, x10, #FRAME_BYTES
1:
  str x11, [x10], #8
  cmp x10, x12
  b.ne 1b

  mov x16, x0
  mov x9, x1
  .irp n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28
  ldr x\n, [x17, #(8 * (RULE_X19 + \n - 19))]
  .endr
  ldr x29, [x17, #(8 * RULE_X29)]
  ldr x18, [x17, #(8 * RULE_X18)]
  .irp n, 8, 9, 10, 11, 12, 13, 14, 15
  ldr d\n, [x17, #(8 * (RULE_D8 + \n - 8))]
  .endr
  ldp x0, x1, [x9]
  ldp x2, x3, [x9, #16]
  ldp x4, x5, [x9, #32]
  blr x16

  /* Nothing that came back is trusted, the stack pointer least. */
  address x9, state
  str x0, [x9, #VALUE]
  mov x10, sp
  str x10, [x9, #GOT_SP]
  ldr x11, [x9, #ITS_SP]
  mov sp, x11
  ldr x2, [x9, #BROKEN]
  sub x10, x10, x11
  str x10, [x2, #(8 * RULE_SP)]
  address x17, canaries

  .macro compare register, rule
  ldr x10, [x17, #(8 * (\rule))]
  eor x10, x10, \register
  str x10, [x2, #(8 * (\rule))]
  .endm
  .irp n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28
  compare x\n, RULE_X19 + \n - 19
  .endr
  compare x29, RULE_X29
  compare x18, RULE_X18
  .irp n, 8, 9, 10, 11, 12, 13, 14, 15
  fmov x11, d\n
  compare x11, RULE_D8 + \n - 8
  .endr

  mrs x10, fpcr
  ldr x11, [x9, #ITS_FPCR]
  eor x10, x10, x11
  str x10, [x2, #(8 * RULE_FPCR)]

  ldr x11, [x17, #(8 * RULE_FRAME)]
  mov x12, #0
  mov x13, sp
  add x14, x13, #FRAME_BYTES
2:
  ldr x10, [x13], #8
  eor x10, x10, x11
  orr x12, x12, x10
  cmp x13, x14
  b.ne 2b
  str x12, [x2, #(8 * RULE_FRAME)]

  /* bti c, bti jc, paciasp, pacibsp */
  ldr w10, [x9, #FIRST]
  mov x12, #0
  address x13, landing_pads
  add x14, x13, #16
3:
  ldr w11, [x13], #4
  cmp w10, w11
  b.eq 4f
  cmp x13, x14
  b.ne 3b
  mov x12, #1
4:
  str x12, [x2, #(8 * RULE_LANDING)]

  ldr x10, [x9, #OUR_FPCR]
  msr fpcr, x10
  ldr x0, [x9, #VALUE]
  ldr x10, [x9, #OUR_SP]
  mov sp, x10
  ldr x18, [sp, #160]
  ldp d14, d15, [sp, #144]
  ldp d12, d13, [sp, #128]
  ldp d10, d11, [sp, #112]
  ldp d8, d9, [sp, #96]
  ldp x27, x28, [sp, #80]
  ldp x25, x26, [sp, #64]
  ldp x23, x24, [sp, #48]
  ldp x21, x22, [sp, #32]
  ldp x19, x20, [sp, #16]
  ldp x29, x30, [sp], #176
  ret
  .size abi_call, .-abi_call

  .section .rodata
  .balign 8
canaries:
  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22
  .quad 0x5eed0000c0de0000 + \n
  .endr
landing_pads:
  .word 0xd503245f, 0xd50324df, 0xd503233f, 0xd503237f

  .section .rodata.str1.1, "aMS", %progbits, 1
  .irp n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 18
.Lx\n: .asciz "x\n kept"
  .endr
  .irp n, 8, 9, 10, 11, 12, 13, 14, 15
.Ld\n: .asciz "d\n kept"
  .endr
.Lsp: .asciz "stack pointer restored"
.Lfpcr: .asciz "FPCR kept"
.Lframe: .asciz "caller's stack frame untouched"
.Llanding: .asciz "begins with a landing pad (bti c)"

  .section .data.rel.ro, "aw"
  .balign 8
  .globl abi_rules
  .hidden abi_rules
  .type abi_rules, %object
abi_rules:
  .irp n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 18
  .quad .Lx\n
  .endr
  .irp n, 8, 9, 10, 11, 12, 13, 14, 15
  .quad .Ld\n
  .endr
  .quad .Lsp, .Lfpcr, .Lframe, .Llanding, 0
  .size abi_rules, .-abi_rules

  .local state
  .comm state, 64, 8

  /* This file itself has landing pads. */
  .section .note.gnu.property, "a"
  .balign 8
  .word 4, 16, 5
  .asciz "GNU"
  .word 0xc0000000, 4, 1, 0

  .section .note.GNU-stack, "", %progbits
