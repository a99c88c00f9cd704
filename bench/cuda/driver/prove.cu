// A kernel on every kind of case: transposes, edges, odd addresses, splits of k, batches.
#include <cmath>
#include <vector>

#include "launching.cuh"

namespace {

struct Counts {
  int cases = 0, failures = 0;
  float worst = 0;
};

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
  launch(device, plan, p, a, b, c, odd, {workspace.data(), workspace.bytes()});
  fill(a, seed, p.operands), fill(b, seed + 1, p.operands);  // C is judged by what they were, not by what was left
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
        "{\"case\": \"m %ld n %ld k %ld op %d%d odd %d splits %d batch %ld beta %g\", "
        "\"r\": \"%g\", \"strays\": %u}\n",
        long(p.m), long(p.n), long(p.k), p.op_a, p.op_b, odd, plan.splits, long(p.batch), p.beta, worst, found.strays);
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

int prove(const tensorop_cuda_device &device, const tensorop_cuda_variant &v, bool quick) {
  const Counts counts = check_variant(device, v, quick);
  printf("{\"cases\": %d, \"failures\": %d, \"worst_r\": %.3g}\n", counts.cases, counts.failures, counts.worst);
  return counts.failures != 0 || counts.cases == 0 ? 4 : 0;
}
