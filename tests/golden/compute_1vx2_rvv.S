	.text
	.option norelax
	.option push
	.option arch, +v
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
	li	t2, 64
	vsetvli	t2, t2, e32, m2, ta, ma
	slli	t2, t2, 2
	ld	t0, (a5)
	vsetvli	t0, t0, e32, m2, ta, ma
	vmv.v.i	v0, 0
	vmv.v.i	v2, 0
	addi	a0, a0, -3
	bltz	a0, .Lcompute.v1n2w_few
	vle32.v	v4, (a1)
	flw	ft0, (a2)
	flw	ft1, 4(a2)
	add	a1, a1, t2
	add	t1, a1, t2
	slli	t3, t2, 1
	.p2align 4
.Lcompute.v1n2w_loop:
	vfmacc.vf	v0, ft0, v4
	flw	ft0, 8(a2)
	vfmacc.vf	v2, ft1, v4
	flw	ft1, 12(a2)
	vle32.v	v6, (a1)
	vfmacc.vf	v0, ft0, v6
	flw	ft0, 16(a2)
	vfmacc.vf	v2, ft1, v6
	flw	ft1, 20(a2)
	vle32.v	v4, (t1)
	add	a1, a1, t3
	add	t1, t1, t3
	addi	a2, a2, 16
	addi	a0, a0, -2
	bgez	a0, .Lcompute.v1n2w_loop
	sub	a1, a1, t2
.Lcompute.v1n2w_few:
	addi	a0, a0, 3
	beqz	a0, .Lcompute.update1
	.p2align 4
.Lcompute.v1n2w_few_loop:
	vle32.v	v4, (a1)
	flw	ft0, (a2)
	flw	ft1, 4(a2)
	vfmacc.vf	v0, ft0, v4
	vfmacc.vf	v2, ft1, v4
	add	a1, a1, t2
	addi	a2, a2, 8
	addi	a0, a0, -1
	bnez	a0, .Lcompute.v1n2w_few_loop
	j	.Lcompute.update1
.Lcompute.v1w_columns_below2:
	li	t2, 64
	vsetvli	t2, t2, e32, m2, ta, ma
	slli	t2, t2, 2
	ld	t0, (a5)
	vsetvli	t0, t0, e32, m2, ta, ma
	vmv.v.i	v0, 0
	addi	a0, a0, -3
	bltz	a0, .Lcompute.v1n1w_few
	vle32.v	v2, (a1)
	flw	ft0, (a2)
	add	a1, a1, t2
	add	t1, a1, t2
	slli	t3, t2, 1
	.p2align 4
.Lcompute.v1n1w_loop:
	vfmacc.vf	v0, ft0, v2
	flw	ft0, 8(a2)
	vle32.v	v4, (a1)
	vfmacc.vf	v0, ft0, v4
	flw	ft0, 16(a2)
	vle32.v	v2, (t1)
	add	a1, a1, t3
	add	t1, t1, t3
	addi	a2, a2, 16
	addi	a0, a0, -2
	bgez	a0, .Lcompute.v1n1w_loop
	sub	a1, a1, t2
.Lcompute.v1n1w_few:
	addi	a0, a0, 3
	beqz	a0, .Lcompute.update1
	.p2align 4
.Lcompute.v1n1w_few_loop:
	vle32.v	v2, (a1)
	flw	ft0, (a2)
	vfmacc.vf	v0, ft0, v2
	add	a1, a1, t2
	addi	a2, a2, 8
	addi	a0, a0, -1
	bnez	a0, .Lcompute.v1n1w_few_loop
	j	.Lcompute.update1
.Lcompute.update1:
	ld	t0, (a5)
	vsetvli	t0, t0, e32, m2, ta, ma
	ld	t1, 8(a5)
	flw	ft0, 16(a5)
	flw	ft1, 20(a5)
	lw	t0, 20(a5)
	slli	t0, t0, 33
	beqz	t0, .Lcompute.update1_set
	vle32.v	v4, (a3)
	vfmul.vf	v0, v0, ft0
	vfmacc.vf	v0, ft1, v4
	sltiu	t3, t1, 2
	addi	t3, t3, -1
	and	t3, t3, a4
	add	t0, a3, t3
	vle32.v	v4, (t0)
	vfmul.vf	v2, v2, ft0
	vse32.v	v0, (a3)
	addi	t1, t1, -1
	beqz	t1, .Lcompute.done
	add	a3, a3, a4
	vfmacc.vf	v2, ft1, v4
	vse32.v	v2, (a3)
	j	.Lcompute.done
.Lcompute.update1_set:
	vfmul.vf	v0, v0, ft0
	vfmul.vf	v2, v2, ft0
	vse32.v	v0, (a3)
	addi	t1, t1, -1
	beqz	t1, .Lcompute.done
	add	a3, a3, a4
	vse32.v	v2, (a3)
	j	.Lcompute.done
.Lcompute.done:
	ret
	.cfi_endproc
	.size compute, .-compute

	.option pop
	.section .note.GNU-stack,"",@progbits
