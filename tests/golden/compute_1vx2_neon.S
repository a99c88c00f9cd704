	.arch armv8-a
	.text
	.globl compute
	.hidden compute
	.type compute, %function
	.p2align 6
compute:
	.cfi_startproc
	hint	#34
	sub	sp, sp, #64
	.cfi_adjust_cfa_offset 64
	stp	d8, d9, [sp]
	.cfi_rel_offset 72, 0
	.cfi_rel_offset 73, 8
	stp	d10, d11, [sp, #16]
	.cfi_rel_offset 74, 16
	.cfi_rel_offset 75, 24
	stp	d12, d13, [sp, #32]
	.cfi_rel_offset 76, 32
	.cfi_rel_offset 77, 40
	stp	d14, d15, [sp, #48]
	.cfi_rel_offset 78, 48
	.cfi_rel_offset 79, 56
	ldr	x11, [x5]
	ldr	x10, [x5, #8]
	lsl	x4, x4, #2
	add	x9, x11, #3
	lsr	x9, x9, #2
	cmp	x10, #2
	b.lo	.Lcompute.v1w_columns_below2
	movi	v0.4s, #0
	movi	v1.4s, #0
	mov	x17, #0
	cmp	x0, #1
	b.le	.Lcompute.v1n2w_steps
	mov	x17, #1
	sub	x0, x0, x17
.Lcompute.v1n2w_steps:
	subs	x0, x0, #2
	b.lt	.Lcompute.v1n2w_few
	.p2align 4
.Lcompute.v1n2w_loop:
	ldr	q2, [x1]
	ldr	d3, [x2]
	fmla	v0.4s, v2.4s, v3.s[0]
	fmla	v1.4s, v2.4s, v3.s[1]
	ldr	q2, [x1, #16]
	ldr	d3, [x2, #8]
	fmla	v0.4s, v2.4s, v3.s[0]
	fmla	v1.4s, v2.4s, v3.s[1]
	add	x1, x1, #32
	add	x2, x2, #16
	subs	x0, x0, #2
	b.ge	.Lcompute.v1n2w_loop
.Lcompute.v1n2w_few:
	adds	x0, x0, #2
	b.eq	.Lcompute.v1n2w_end
	.p2align 4
.Lcompute.v1n2w_few_loop:
	ldr	q2, [x1]
	ldr	d3, [x2]
	fmla	v0.4s, v2.4s, v3.s[0]
	fmla	v1.4s, v2.4s, v3.s[1]
	add	x1, x1, #16
	add	x2, x2, #8
	subs	x0, x0, #1
	b.ne	.Lcompute.v1n2w_few_loop
.Lcompute.v1n2w_end:
	cbz	x17, .Lcompute.update1
	mov	x0, x17
	mov	x17, #0
	mov	x14, x3
	prfm	pstl1keep, [x14]
	prfum	pstl1keep, [x14, #12]
	add	x14, x14, x4
	prfm	pstl1keep, [x14]
	prfum	pstl1keep, [x14, #12]
	b	.Lcompute.v1n2w_steps
.Lcompute.v1w_columns_below2:
	movi	v0.4s, #0
	mov	x17, #0
	cmp	x0, #1
	b.le	.Lcompute.v1n1w_steps
	mov	x17, #1
	sub	x0, x0, x17
.Lcompute.v1n1w_steps:
	subs	x0, x0, #2
	b.lt	.Lcompute.v1n1w_few
	.p2align 4
.Lcompute.v1n1w_loop:
	ldr	q1, [x1]
	ldr	d2, [x2]
	fmla	v0.4s, v1.4s, v2.s[0]
	ldr	q1, [x1, #16]
	ldr	d2, [x2, #8]
	fmla	v0.4s, v1.4s, v2.s[0]
	add	x1, x1, #32
	add	x2, x2, #16
	subs	x0, x0, #2
	b.ge	.Lcompute.v1n1w_loop
.Lcompute.v1n1w_few:
	adds	x0, x0, #2
	b.eq	.Lcompute.v1n1w_end
	.p2align 4
.Lcompute.v1n1w_few_loop:
	ldr	q1, [x1]
	ldr	d2, [x2]
	fmla	v0.4s, v1.4s, v2.s[0]
	add	x1, x1, #16
	add	x2, x2, #8
	subs	x0, x0, #1
	b.ne	.Lcompute.v1n1w_few_loop
.Lcompute.v1n1w_end:
	cbz	x17, .Lcompute.update1
	mov	x0, x17
	mov	x17, #0
	mov	x14, x3
	prfm	pstl1keep, [x14]
	prfum	pstl1keep, [x14, #12]
	b	.Lcompute.v1n1w_steps
.Lcompute.update1:
	ldr	x10, [x5, #8]
	ldr	x11, [x5]
	ldr	d31, [x5, #16]
	ldr	w9, [x5, #20]
	lsl	w9, w9, #1
	ldr	w12, [x5, #16]
	mov	w13, #1065353216
	sub	w13, w13, w12
	cmp	x11, #4
	b.lo	.Lcompute.update1_narrow
	lsl	x11, x11, #2
	sub	x11, x11, #16
	cbz	w13, .Lcompute.update1_one
	cbz	w9, .Lcompute.update1_set
	ldr	q2, [x3]
	fmul	v0.4s, v0.4s, v31.s[0]
	fmla	v0.4s, v2.4s, v31.s[1]
	str	q0, [x3]
	subs	x10, x10, #1
	b.eq	.Lcompute.done
	add	x3, x3, x4
	ldr	q2, [x3]
	fmul	v1.4s, v1.4s, v31.s[0]
	fmla	v1.4s, v2.4s, v31.s[1]
	str	q1, [x3]
	b	.Lcompute.done
.Lcompute.update1_set:
	fmul	v0.4s, v0.4s, v31.s[0]
	str	q0, [x3]
	subs	x10, x10, #1
	b.eq	.Lcompute.done
	add	x3, x3, x4
	fmul	v1.4s, v1.4s, v31.s[0]
	str	q1, [x3]
	b	.Lcompute.done
.Lcompute.update1_one:
	cbz	w9, .Lcompute.update1_one_set
	ldr	q2, [x3]
	fmla	v0.4s, v2.4s, v31.s[1]
	str	q0, [x3]
	subs	x10, x10, #1
	b.eq	.Lcompute.done
	add	x3, x3, x4
	ldr	q2, [x3]
	fmla	v1.4s, v2.4s, v31.s[1]
	str	q1, [x3]
	b	.Lcompute.done
.Lcompute.update1_one_set:
	str	q0, [x3]
	subs	x10, x10, #1
	b.eq	.Lcompute.done
	add	x3, x3, x4
	str	q1, [x3]
	b	.Lcompute.done
.Lcompute.update1_narrow:
	cmp	x11, #1
	cset	x12, hi
	add	x6, x3, x12, lsl #2
	cmp	x11, #2
	cset	x12, hi
	add	x7, x6, x12, lsl #2
	cbz	w13, .Lcompute.update1_narrow_one
	cbz	w9, .Lcompute.update1_narrow_set
	ldr	s2, [x3]
	ld1	{v2.s}[1], [x6]
	ld1	{v2.s}[2], [x7]
	fmul	v0.4s, v0.4s, v31.s[0]
	fmla	v0.4s, v2.4s, v31.s[1]
	st1	{v0.s}[2], [x7], x4
	st1	{v0.s}[1], [x6], x4
	str	s0, [x3]
	subs	x10, x10, #1
	b.eq	.Lcompute.done
	add	x3, x3, x4
	ldr	s2, [x3]
	ld1	{v2.s}[1], [x6]
	ld1	{v2.s}[2], [x7]
	fmul	v1.4s, v1.4s, v31.s[0]
	fmla	v1.4s, v2.4s, v31.s[1]
	st1	{v1.s}[2], [x7], x4
	st1	{v1.s}[1], [x6], x4
	str	s1, [x3]
	b	.Lcompute.done
.Lcompute.update1_narrow_set:
	fmul	v0.4s, v0.4s, v31.s[0]
	st1	{v0.s}[2], [x7], x4
	st1	{v0.s}[1], [x6], x4
	str	s0, [x3]
	subs	x10, x10, #1
	b.eq	.Lcompute.done
	add	x3, x3, x4
	fmul	v1.4s, v1.4s, v31.s[0]
	st1	{v1.s}[2], [x7], x4
	st1	{v1.s}[1], [x6], x4
	str	s1, [x3]
	b	.Lcompute.done
.Lcompute.update1_narrow_one:
	cbz	w9, .Lcompute.update1_narrow_one_set
	ldr	s2, [x3]
	ld1	{v2.s}[1], [x6]
	ld1	{v2.s}[2], [x7]
	fmla	v0.4s, v2.4s, v31.s[1]
	st1	{v0.s}[2], [x7], x4
	st1	{v0.s}[1], [x6], x4
	str	s0, [x3]
	subs	x10, x10, #1
	b.eq	.Lcompute.done
	add	x3, x3, x4
	ldr	s2, [x3]
	ld1	{v2.s}[1], [x6]
	ld1	{v2.s}[2], [x7]
	fmla	v1.4s, v2.4s, v31.s[1]
	st1	{v1.s}[2], [x7], x4
	st1	{v1.s}[1], [x6], x4
	str	s1, [x3]
	b	.Lcompute.done
.Lcompute.update1_narrow_one_set:
	st1	{v0.s}[2], [x7], x4
	st1	{v0.s}[1], [x6], x4
	str	s0, [x3]
	subs	x10, x10, #1
	b.eq	.Lcompute.done
	add	x3, x3, x4
	st1	{v1.s}[2], [x7], x4
	st1	{v1.s}[1], [x6], x4
	str	s1, [x3]
	b	.Lcompute.done
.Lcompute.done:
	ldp	d8, d9, [sp]
	.cfi_restore 72
	.cfi_restore 73
	ldp	d10, d11, [sp, #16]
	.cfi_restore 74
	.cfi_restore 75
	ldp	d12, d13, [sp, #32]
	.cfi_restore 76
	.cfi_restore 77
	ldp	d14, d15, [sp, #48]
	.cfi_restore 78
	.cfi_restore 79
	add	sp, sp, #64
	.cfi_adjust_cfa_offset -64
	ret
	.cfi_endproc
	.size compute, .-compute

	.section .note.gnu.property, "a"
	.balign 8
	.long 4, 16, 5
	.asciz "GNU"
	.long 0xc0000000, 4, 3, 0
	.section .note.GNU-stack,"",%progbits
