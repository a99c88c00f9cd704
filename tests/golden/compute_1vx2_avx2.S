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
	leaq	7(%r10), %rax
	shrq	$3, %rax
	movq	8(%r9), %r10
	cmpq	$2, %r10
	jb	.Lcompute.v1w_columns_below2
	vxorps	%ymm0, %ymm0, %ymm0
	vxorps	%ymm1, %ymm1, %ymm1
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
	vmovups	(%rsi), %ymm2
	vbroadcastss	(%rdx), %ymm3
	vbroadcastss	4(%rdx), %ymm4
	vfmadd231ps	%ymm3, %ymm2, %ymm0
	vfmadd231ps	%ymm4, %ymm2, %ymm1
	vmovups	32(%rsi), %ymm2
	vbroadcastss	8(%rdx), %ymm3
	vbroadcastss	12(%rdx), %ymm4
	vfmadd231ps	%ymm3, %ymm2, %ymm0
	vfmadd231ps	%ymm4, %ymm2, %ymm1
	addq	$64, %rsi
	addq	$16, %rdx
	subq	$2, %rdi
	jge	.Lcompute.v1n2w_loop
.Lcompute.v1n2w_few:
	addq	$2, %rdi
	je	.Lcompute.v1n2w_end
	.p2align 4
.Lcompute.v1n2w_few_loop:
	vmovups	(%rsi), %ymm2
	vbroadcastss	(%rdx), %ymm3
	vbroadcastss	4(%rdx), %ymm4
	vfmadd231ps	%ymm3, %ymm2, %ymm0
	vfmadd231ps	%ymm4, %ymm2, %ymm1
	addq	$32, %rsi
	addq	$8, %rdx
	subq	$1, %rdi
	jne	.Lcompute.v1n2w_few_loop
.Lcompute.v1n2w_end:
	testq	%r10, %r10
	je	.Lcompute.update1
	movq	%rcx, %rdi
	prefetcht0	(%rdi)
	prefetcht0	31(%rdi)
	addq	%r8, %rdi
	prefetcht0	(%rdi)
	prefetcht0	31(%rdi)
	movq	%r10, %rdi
	xorl	%r10d, %r10d
	jmp	.Lcompute.v1n2w_steps
.Lcompute.v1w_columns_below2:
	vxorps	%ymm0, %ymm0, %ymm0
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
	vmovups	(%rsi), %ymm1
	vbroadcastss	(%rdx), %ymm2
	vfmadd231ps	%ymm2, %ymm1, %ymm0
	vmovups	32(%rsi), %ymm1
	vbroadcastss	8(%rdx), %ymm2
	vfmadd231ps	%ymm2, %ymm1, %ymm0
	addq	$64, %rsi
	addq	$16, %rdx
	subq	$2, %rdi
	jge	.Lcompute.v1n1w_loop
.Lcompute.v1n1w_few:
	addq	$2, %rdi
	je	.Lcompute.v1n1w_end
	.p2align 4
.Lcompute.v1n1w_few_loop:
	vmovups	(%rsi), %ymm1
	vbroadcastss	(%rdx), %ymm2
	vfmadd231ps	%ymm2, %ymm1, %ymm0
	addq	$32, %rsi
	addq	$8, %rdx
	subq	$1, %rdi
	jne	.Lcompute.v1n1w_few_loop
.Lcompute.v1n1w_end:
	testq	%r10, %r10
	je	.Lcompute.update1
	movq	%rcx, %rdi
	prefetcht0	(%rdi)
	prefetcht0	31(%rdi)
	movq	%r10, %rdi
	xorl	%r10d, %r10d
	jmp	.Lcompute.v1n1w_steps
.Lcompute.update1:
	movq	8(%r9), %r10
	movq	(%r9), %rax
	andq	$7, %rax
	jne	.Lcompute.update1_edge
	cmpl	$1065353216, 16(%r9)
	jne	.Lcompute.update1_scale
	movl	20(%r9), %eax
	addl	%eax, %eax
	je	.Lcompute.update1_set
	vbroadcastss	20(%r9), %ymm13
	vfmadd231ps	(%rcx), %ymm13, %ymm0
	vmovups	%ymm0, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
	vfmadd231ps	(%rcx), %ymm13, %ymm1
	vmovups	%ymm1, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
.Lcompute.update1_set:
	vmovups	%ymm0, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
	vmovups	%ymm1, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
.Lcompute.update1_scale:
	vbroadcastss	16(%r9), %ymm12
	movl	20(%r9), %eax
	addl	%eax, %eax
	je	.Lcompute.update1_scale_set
	vbroadcastss	20(%r9), %ymm13
	vmulps	%ymm12, %ymm0, %ymm0
	vfmadd231ps	(%rcx), %ymm13, %ymm0
	vmovups	%ymm0, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
	vmulps	%ymm12, %ymm1, %ymm1
	vfmadd231ps	(%rcx), %ymm13, %ymm1
	vmovups	%ymm1, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
.Lcompute.update1_scale_set:
	vmulps	%ymm12, %ymm0, %ymm0
	vmovups	%ymm0, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
	vmulps	%ymm12, %ymm1, %ymm1
	vmovups	%ymm1, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
.Lcompute.update1_edge:
	movabsq	$506097522914230528, %r11
	vmovq	%r11, %xmm14
	vpmovzxbd	%xmm14, %ymm14
	vmovd	%eax, %xmm15
	vpbroadcastd	%xmm15, %ymm15
	vpcmpgtd	%ymm14, %ymm15, %ymm15
	cmpl	$1065353216, 16(%r9)
	jne	.Lcompute.update1_edge_scale
	movl	20(%r9), %eax
	addl	%eax, %eax
	je	.Lcompute.update1_edge_set
	vbroadcastss	20(%r9), %ymm13
	vmaskmovps	(%rcx), %ymm15, %ymm14
	vfmadd231ps	%ymm14, %ymm13, %ymm0
	vmaskmovps	%ymm0, %ymm15, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
	vmaskmovps	(%rcx), %ymm15, %ymm14
	vfmadd231ps	%ymm14, %ymm13, %ymm1
	vmaskmovps	%ymm1, %ymm15, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
.Lcompute.update1_edge_set:
	vmaskmovps	%ymm0, %ymm15, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
	vmaskmovps	%ymm1, %ymm15, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
.Lcompute.update1_edge_scale:
	vbroadcastss	16(%r9), %ymm12
	movl	20(%r9), %eax
	addl	%eax, %eax
	je	.Lcompute.update1_edge_scale_set
	vbroadcastss	20(%r9), %ymm13
	vmulps	%ymm12, %ymm0, %ymm0
	vmaskmovps	(%rcx), %ymm15, %ymm14
	vfmadd231ps	%ymm14, %ymm13, %ymm0
	vmaskmovps	%ymm0, %ymm15, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
	vmulps	%ymm12, %ymm1, %ymm1
	vmaskmovps	(%rcx), %ymm15, %ymm14
	vfmadd231ps	%ymm14, %ymm13, %ymm1
	vmaskmovps	%ymm1, %ymm15, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
.Lcompute.update1_edge_scale_set:
	vmulps	%ymm12, %ymm0, %ymm0
	vmaskmovps	%ymm0, %ymm15, (%rcx)
	subq	$1, %r10
	je	.Lcompute.done
	addq	%r8, %rcx
	vmulps	%ymm12, %ymm1, %ymm1
	vmaskmovps	%ymm1, %ymm15, (%rcx)
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
