	.text
	.option norelax
	.globl compute
	.hidden compute
	.type compute, @function
	.p2align 6
compute:
	.cfi_startproc
	slli	a4, a4, 2
	ld	t1, (a5)
	ld	t2, 8(a5)
	li	t3, 2
	blt	t2, t3, .Lcompute.v1w_columns_below2
	fmv.w.x	ft0, zero
	fmv.w.x	ft1, zero
	addi	a0, a0, -2
	bltz	a0, .Lcompute.v1n2w_few
	.p2align 4
.Lcompute.v1n2w_loop:
	flw	ft2, (a1)
	flw	ft3, (a2)
	flw	ft4, 4(a2)
	fmadd.s	ft0, ft2, ft3, ft0
	fmadd.s	ft1, ft2, ft4, ft1
	flw	ft2, 4(a1)
	flw	ft3, 8(a2)
	flw	ft4, 12(a2)
	fmadd.s	ft0, ft2, ft3, ft0
	fmadd.s	ft1, ft2, ft4, ft1
	addi	a1, a1, 8
	addi	a2, a2, 16
	addi	a0, a0, -2
	bgez	a0, .Lcompute.v1n2w_loop
.Lcompute.v1n2w_few:
	addi	a0, a0, 2
	beqz	a0, .Lcompute.update1
	.p2align 4
.Lcompute.v1n2w_few_loop:
	flw	ft2, (a1)
	flw	ft3, (a2)
	flw	ft4, 4(a2)
	fmadd.s	ft0, ft2, ft3, ft0
	fmadd.s	ft1, ft2, ft4, ft1
	addi	a1, a1, 4
	addi	a2, a2, 8
	addi	a0, a0, -1
	bnez	a0, .Lcompute.v1n2w_few_loop
	j	.Lcompute.update1
.Lcompute.v1w_columns_below2:
	fmv.w.x	ft0, zero
	addi	a0, a0, -2
	bltz	a0, .Lcompute.v1n1w_few
	.p2align 4
.Lcompute.v1n1w_loop:
	flw	ft1, (a1)
	flw	ft2, (a2)
	fmadd.s	ft0, ft1, ft2, ft0
	flw	ft1, 4(a1)
	flw	ft2, 8(a2)
	fmadd.s	ft0, ft1, ft2, ft0
	addi	a1, a1, 8
	addi	a2, a2, 16
	addi	a0, a0, -2
	bgez	a0, .Lcompute.v1n1w_loop
.Lcompute.v1n1w_few:
	addi	a0, a0, 2
	beqz	a0, .Lcompute.update1
	.p2align 4
.Lcompute.v1n1w_few_loop:
	flw	ft1, (a1)
	flw	ft2, (a2)
	fmadd.s	ft0, ft1, ft2, ft0
	addi	a1, a1, 4
	addi	a2, a2, 8
	addi	a0, a0, -1
	bnez	a0, .Lcompute.v1n1w_few_loop
	j	.Lcompute.update1
.Lcompute.update1:
	ld	t2, 8(a5)
	flw	ft3, 16(a5)
	flw	ft4, 20(a5)
	lw	t0, 20(a5)
	slli	t0, t0, 33
	beqz	t0, .Lcompute.update1_set
	flw	ft2, (a3)
	fmul.s	ft0, ft0, ft3
	fmadd.s	ft0, ft4, ft2, ft0
	fsw	ft0, (a3)
	addi	t2, t2, -1
	beqz	t2, .Lcompute.done
	add	a3, a3, a4
	flw	ft2, (a3)
	fmul.s	ft1, ft1, ft3
	fmadd.s	ft1, ft4, ft2, ft1
	fsw	ft1, (a3)
	addi	t2, t2, -1
	beqz	t2, .Lcompute.done
	add	a3, a3, a4
.Lcompute.update1_set:
	fmul.s	ft0, ft0, ft3
	fsw	ft0, (a3)
	addi	t2, t2, -1
	beqz	t2, .Lcompute.done
	add	a3, a3, a4
	fmul.s	ft1, ft1, ft3
	fsw	ft1, (a3)
	addi	t2, t2, -1
	beqz	t2, .Lcompute.done
	add	a3, a3, a4
.Lcompute.done:
	ret
	.cfi_endproc
	.size compute, .-compute

	.section .note.GNU-stack,"",@progbits
