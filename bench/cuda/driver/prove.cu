// Every kernel of this device's table on every kind of case: transposes, edges, odd addresses, splits of k, batches.
#include <cmath>
#include <vector>

#include "commands.h"
#include "verify.cuh"

namespace {

struct Counts {
  int cases = 0, failures = 0;
  float worst = 0;
};

tensorop_cuda_plan plan_of(const tensorop_cuda_variant &v, const Product &p, int splits) {
  tensorop_cuda_plan plan{};
  plan.variant = &v;
  plan.tiles_m = int32_t((p.m + v.bm - 1) / v.bm + v.cluster - 1) / v.cluster * v.cluster;
  plan.tiles_n = int32_t((p.n + v.bn - 1) / v.bn);
  const int64_t steps = (p.k + v.bk - 1) / v.bk;
  plan.k_per_split = int32_t((steps + splits - 1) / splits * v.bk);
  plan.splits = int32_t((p.k + plan.k_per_split - 1) / plan.k_per_split);
  return plan;
}

void check(const tensorop_cuda_device &device, const tensorop_cuda_variant &v, const Product &p, bool odd, int splits,
           Counts &counts) {
  const size_t element = tensorop_cuda_element(p.operands);
  const Matrix a(p.op_a ? p.k : p.m, p.op_a ? p.m : p.k, p.batch, element, odd);
  const Matrix b(p.op_b ? p.n : p.k, p.op_b ? p.k : p.n, p.batch, element, odd);
  const Matrix c(p.m, p.n, p.batch, element, odd), old(p.m, p.n, p.batch, element, odd);
  for (const Matrix *x : {&a, &b, &c, &old}) x->memory.poison();
  const uint64_t seed = 1000003u * (counts.cases + 1);
  fill(a, seed, p.operands), fill(b, seed + 1, p.operands);
  if (p.beta != 0) fill(c, seed + 2, p.operands), fill(old, seed + 2, p.operands);
  const tensorop_cuda_plan plan = plan_of(v, p, splits);
  const Memory workspace(sizeof(float) * plan.splits * p.batch * p.n * tensorop_cuda_partial_ld(p.m));
  workspace.poison();
  const tensorop_cuda_problem problem{p.operands, p.op_a, p.op_b, odd, p.m, p.n, p.k, p.batch};
  const tensorop_cuda_call call{p.operands,
                                p.op_a,
                                p.op_b,
                                p.m,
                                p.n,
                                p.k,
                                p.batch,
                                p.alpha,
                                p.beta,
                                a.data(),
                                b.data(),
                                c.data(),
                                a.ld,
                                b.ld,
                                c.ld,
                                a.stride,
                                b.stride,
                                c.stride,
                                {workspace.data(), workspace.bytes()}};
  must(tensorop_cuda_launch(&device, nullptr, &call, &problem, &plan), v.name);
  const Memory verdict(sizeof(Verdict));
  must(cudaMemset(verdict.data(), 0, sizeof(Verdict)), "cudaMemset");
  verify_all<<<256, 256>>>(p, a.data(), a.ld, a.stride, b.data(), b.ld, b.stride, c.memory.data(), old.memory.data(),
                           c.ld, c.stride, element, c.memory.bytes() / element,
                           reinterpret_cast<Verdict *>(verdict.data()));
  Verdict found;
  must(cudaMemcpy(&found, verdict.data(), sizeof found, cudaMemcpyDeviceToHost), v.name);
  float worst;
  memcpy(&worst, &found.worst, sizeof worst);
  ++counts.cases, counts.worst = fmaxf(counts.worst, worst);
  if (worst <= limit(p.k) && found.strays == 0) return;
  if (++counts.failures <= 5) {
    printf(
        "{\"failed\": \"%s\", \"case\": \"m %ld n %ld k %ld op %d%d odd %d splits %d batch %ld beta %g\", "
        "\"r\": \"%g\", \"strays\": %u}\n",
        v.name, long(p.m), long(p.n), long(p.k), p.op_a, p.op_b, odd, plan.splits, long(p.batch), p.beta, worst,
        found.strays);
  }
}

Counts check_variant(const tensorop_cuda_device &device, const tensorop_cuda_variant &v, bool quick) {
  Counts counts;
  const std::vector<std::vector<int64_t>> sizes = {
      {1, 1, 1},      {17, 9, 33}, {v.bm, v.bn, v.bk}, {v.bm + 1, v.bn - 1, 3 * v.bk + 1}, {300, 515, 4 * v.bk - 1},
      {129, 64, 2049}};
  for (int flags = 0; flags < 8; ++flags) {
    const bool trans_a = flags & 1, trans_b = flags & 2, odd = flags & 4;
    if (!v.kernels[trans_a][trans_b][odd]) continue;
    for (size_t i = quick ? 3 : 0; i < (quick ? 4 : sizes.size()); ++i) {
      for (int splits : {1, 3}) {
        if (splits > 1 && sizes[i][2] < 3 * v.bk) continue;
        const float beta = i % 2 ? 2 : 0;
        const Product p{v.operands,
                        trans_a ? TENSOROP_CUDA_T : TENSOROP_CUDA_N,
                        trans_b ? TENSOROP_CUDA_T : TENSOROP_CUDA_N,
                        sizes[i][0],
                        sizes[i][1],
                        sizes[i][2],
                        i == 4 ? 3 : 1,
                        i % 2 ? -0.5f : 1.0f,
                        beta};
        check(device, v, p, odd, splits, counts);
      }
    }
  }
  return counts;
}

}  // namespace

int prove(const tensorop_cuda_device &device, bool quick) {
  int failures = 0;
  for (const tensorop_cuda_variant *v : variants_of(device)) {
    const Counts counts = check_variant(device, *v, quick);
    printf("{\"proved\": \"%s\", \"operands\": %d, \"cases\": %d, \"failures\": %d, \"worst_r\": %.3g}\n", v->name,
           v->operands, counts.cases, counts.failures, counts.worst);
    fflush(stdout);
    failures += counts.failures + (counts.cases == 0);
  }
  return failures != 0;
}
