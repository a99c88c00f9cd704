// One variant on one product, however the library would choose.
#ifndef BENCH_LAUNCHING_CUH
#define BENCH_LAUNCHING_CUH

#include "commands.h"
#include "verify.cuh"

inline tensorop_cuda_plan plan_of(const tensorop_cuda_variant &v, const Product &p, int splits) {
  tensorop_cuda_plan plan{};
  plan.variant = &v;
  plan.tiles_m = int32_t((p.m + v.bm - 1) / v.bm + v.cluster - 1) / v.cluster * v.cluster;
  plan.tiles_n = int32_t((p.n + v.bn - 1) / v.bn);
  const int64_t steps = (p.k + v.bk - 1) / v.bk;
  plan.k_per_split = int32_t((steps + splits - 1) / splits * v.bk);
  plan.splits = int32_t((p.k + plan.k_per_split - 1) / plan.k_per_split);
  return plan;
}

// odd: the instance for columns that do not begin at multiples of 16 bytes.
inline void launch(const tensorop_cuda_device &device, const tensorop_cuda_plan &plan, const Product &p,
                   const Matrix &a, const Matrix &b, const Matrix &c, bool odd, tensorop_cuda_workspace workspace) {
  const tensorop_cuda_problem problem{p.operands, p.op_a, p.op_b, odd, p.m, p.n, p.k, p.batch};
  tensorop_cuda_call call{};
  call.operands = p.operands, call.op_a = p.op_a, call.op_b = p.op_b;
  call.m = p.m, call.n = p.n, call.k = p.k, call.batch = p.batch, call.alpha = p.alpha, call.beta = p.beta;
  call.a = a.data(), call.b = b.data(), call.c = c.data(), call.lda = a.ld, call.ldb = b.ld, call.ldc = c.ld;
  call.stride_a = a.stride, call.stride_b = b.stride, call.stride_c = c.stride, call.workspace = workspace;
  must(tensorop_cuda_launch(&device, nullptr, &call, &problem, &plan), plan.variant->name);
}

// Operands, alpha = 1, beta = 0.
inline Product product(int operands, int op_a, int op_b, int64_t m, int64_t n, int64_t k) {
  return {tensorop_cuda_operands(operands), tensorop_cuda_op(op_a), tensorop_cuda_op(op_b), m, n, k, 1, 1, 0};
}

#endif
