	.text
	.globl compute
	.hidden compute
	.type compute, @function
	.p2align 6
compute:
	.cfi_startproc
	endbr64
	shlq	$2, %r8
	movq	(%r9), %r10
	leaq	15(%r10), %rax
	shrq	$4, %rax
	movq	8(%r9), %r10
	cmpq	$2, %r10
	jb	.Lcompute.v1w_columns_below2
	vpxord	%zmm0, %zmm0, %zmm0
	vpxord	%zmm1, %zmm1, %zmm1
	xorl	%r10d, %r10d
	cmpq	$1, %rdi
	jle	.Lcompute.v1n2w_steps
	movq	$1, %r10
	subq	$1, %rdi
.Lcompute.v1n2w_steps:
	subq	$2, %rdi
	jl	.Lcompute.v1n2w_few
	.p2align 4
.Lcompute.v1n2w_loop:
	vmovups	(%rsi), %zmm2
	vfmadd231ps	(%rdx){1to16}, %zmm2, %zmm0
	vfmadd231ps	4(%rdx){1to16}, %zmm2, %zmm1
	vmovups	64(%rsi), %zmm2
	vfmadd231ps	8(%rdx){1to16}, %zmm2, %zmm0
	vfmadd231ps	12(%rdx){1to16}, %zmm2, %zmm1
	addq	$128, %rsi
	addq	$16, %rdx
	subq	$2, %rdi
	jge	.Lcompute.v1n2w_loop
.Lcompute.v1n2w_few:
	addq	$2, %rdi
	je	.Lcompute.v1n2w_end
	.p2align 4
.Lcompute.v1n2w_few_loop:
	vmovups	(%rsi), %zmm2
	vfmadd231ps	(%rdx){1to16}, %zmm2, %zmm0
	vfmadd231ps	4(%rdx){1to16}, %zmm2, %zmm1
	addq	$64, %rsi
	addq	$8, %rdx
	subq	$1, %rdi
	jne	.Lcompute.v1n2w_few_loop
.Lcompute.v1n2w_end:
	testq	%r10, %r10
	je	.Lcompute.update1
	movq	%rcx, %rdi
	prefetcht0	(%rdi)
	prefetcht0	63(%rdi)
	addq	%r8, %rdi
	prefetcht0	(%rdi)
	prefetcht0	63(%rdi)
	movq	%r10, %rdi
	xorl	%r10d, %r10d
	jmp	.Lcompute.v1n2w_steps
.Lcompute.v1w_columns_below2:
	vpxord	%zmm0, %zmm0, %zmm0
	xorl	%r10d, %r10d
	cmpq	$1, %rdi
	jle	.Lcompute.v1n1w_steps
	movq	$1, %r10
	subq	$1, %rdi
.Lcompute.v1n1w_steps:
	subq	$2, %rdi
	jl	.Lcompute.v1n1w_few
	.p2align 4
.Lcompute.v1n1w_loop:
	vmovups	(%rsi), %zmm1
	vfmadd231ps	(%rdx){1to16}, %zmm1, %zmm0
	vmovups	64(%rsi), %zmm1
	vfmadd231ps	8(%rdx){1to16}, %zmm1, %zmm0
	addq	$128, %rsi
	addq	$16, %rdx
	subq	$2, %rdi
	jge	.Lcompute.v1n1w_loop
.Lcompute.v1n1w_few:
	addq	$2, %rdi
	je	.Lcompute.v1n1w_end
	.p2align 4
.Lcompute.v1n1w_few_loop:
	vmovups	(%rsi), %zmm1
	vfmadd231ps	(%rdx){1to16}, %zmm1, %zmm0
	addq	$64, %rsi
	addq	$8, %rdx
	subq	$1, %rdi
	jne	.Lcompute.v1n1w_few_loop
.Lcompute.v1n1w_end:
	testq	%r10, %r10
	je	.Lcompute.update1
	movq	%rcx, %rdi
	prefetcht0	(%rdi)
	prefetcht0	63(%rdi)
	movq	%r10, %rdi
	xorl	%r10d, %r10d
	jmp	.Lcompute.v1n1w_steps
.Lcompute.update1:
	movq	8(%r9), %r10
	movq	(%r9), %rax
	andq	$15, %rax
	jne	.Lcompute.update1_edge
	cmpl	$1065353216, 16(%r9)
	jne	.Lcompute.update1_scale
	movl	20(%r9), %eax
	addl	%eax, %eax
	je	.Lcompute.update1_set
	vbroadcastss	20(%r9), %zmm30
	vfmadd231ps	(%rcx), %zmm30, %zmm0
	vmovups	%zmm0, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
	vfmadd231ps	(%rcx), %zmm30, %zmm1
	vmovups	%zmm1, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
.Lcompute.update1_set:
	vmovups	%zmm0, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
	vmovups	%zmm1, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
.Lcompute.update1_scale:
	vbroadcastss	16(%r9), %zmm29
	movl	20(%r9), %eax
	addl	%eax, %eax
	je	.Lcompute.update1_scale_set
	vbroadcastss	20(%r9), %zmm30
	vmulps	%zmm29, %zmm0, %zmm0
	vfmadd231ps	(%rcx), %zmm30, %zmm0
	vmovups	%zmm0, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
	vmulps	%zmm29, %zmm1, %zmm1
	vfmadd231ps	(%rcx), %zmm30, %zmm1
	vmovups	%zmm1, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
.Lcompute.update1_scale_set:
	vmulps	%zmm29, %zmm0, %zmm0
	vmovups	%zmm0, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
	vmulps	%zmm29, %zmm1, %zmm1
	vmovups	%zmm1, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
.Lcompute.update1_edge:
	movl	$65535, %r11d
	bzhil	%eax, %r11d, %r11d
	kmovw	%r11d, %k1
	cmpl	$1065353216, 16(%r9)
	jne	.Lcompute.update1_edge_scale
	movl	20(%r9), %eax
	addl	%eax, %eax
	je	.Lcompute.update1_edge_set
	vbroadcastss	20(%r9), %zmm30
	vmovups	(%rcx), %zmm31{%k1}{z}
	vfmadd231ps	%zmm31, %zmm30, %zmm0
	vmovups	%zmm0, (%rcx){%k1}
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
	vmovups	(%rcx), %zmm31{%k1}{z}
	vfmadd231ps	%zmm31, %zmm30, %zmm1
	vmovups	%zmm1, (%rcx){%k1}
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
.Lcompute.update1_edge_set:
	vmovups	%zmm0, (%rcx){%k1}
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
	vmovups	%zmm1, (%rcx){%k1}
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
.Lcompute.update1_edge_scale:
	vbroadcastss	16(%r9), %zmm29
	movl	20(%r9), %eax
	addl	%eax, %eax
	je	.Lcompute.update1_edge_scale_set
	vbroadcastss	20(%r9), %zmm30
	vmulps	%zmm29, %zmm0, %zmm0
	vmovups	(%rcx), %zmm31{%k1}{z}
	vfmadd231ps	%zmm31, %zmm30, %zmm0
	vmovups	%zmm0, (%rcx){%k1}
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
	vmulps	%zmm29, %zmm1, %zmm1
	vmovups	(%rcx), %zmm31{%k1}{z}
	vfmadd231ps	%zmm31, %zmm30, %zmm1
	vmovups	%zmm1, (%rcx){%k1}
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
.Lcompute.update1_edge_scale_set:
	vmulps	%zmm29, %zmm0, %zmm0
	vmovups	%zmm0, (%rcx){%k1}
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
	vmulps	%zmm29, %zmm1, %zmm1
	vmovups	%zmm1, (%rcx){%k1}
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
.Lcompute.done:
	vzeroupper
	retq
	.cfi_endproc
	.size compute, .-compute

	.section .note.gnu.property, "a"
	.balign 8
	.long 4, 16, 5
	.asciz "GNU"
	.long 0xc0000002, 4, 3, 0
	.section .note.GNU-stack,"",@progbits
