// Ways to one product, timed by turns: fresh operands and a poisoned C before every call, nothing of them in L2; what the
// timed call itself left in C is verified every time.
#ifndef BENCH_BY_TURNS_CUH
#define BENCH_BY_TURNS_CUH

#include <cmath>
#include <functional>

#include "commands.h"
#include "timing.cuh"
#include "verify.cuh"

using Call = std::function<void(const Matrix &a, const Matrix &b, const Matrix &c)>;

// times: seconds, one a round; worst: of r.
struct Timed {
  std::vector<double> times;
  float worst = 0;
};

inline float worst_of(const Product &p, const Matrix &a, const Matrix &b, const Matrix &c, uint64_t seed) {
  constexpr int SAMPLES = 4096;
  const Memory verdict(sizeof(Verdict));
  must(cudaMemset(verdict.data(), 0, sizeof(Verdict)), "cudaMemset");
  verify_some<<<SAMPLES / 64, 64>>>(p, a.data(), a.ld, b.data(), b.ld, c.data(), c.ld, SAMPLES, seed,
                                    reinterpret_cast<Verdict *>(verdict.data()));
  must(cudaGetLastError(), "verify");
  Verdict found;
  must(cudaMemcpy(&found, verdict.data(), sizeof found, cudaMemcpyDeviceToHost), "verdict");
  float worst;
  memcpy(&worst, &found.worst, sizeof worst);
  return worst;
}

inline std::vector<Timed> by_turns(const Product &p, int rounds, Timer &timer, const std::vector<Call> &calls) {
  const size_t element = tensorop_cuda_element(p.operands);
  const Matrix a(p.op_a ? p.k : p.m, p.op_a ? p.m : p.k, 1, element, false);
  const Matrix b(p.op_b ? p.n : p.k, p.op_b ? p.k : p.n, 1, element, false), c(p.m, p.n, 1, element, false);
  std::vector<Timed> found(calls.size());
  for (int round = -1; round < rounds; ++round) {  // the first one warms up
    for (size_t turn = 0; turn < calls.size(); ++turn) {
      const size_t who = (turn + round + 1) % calls.size();
      const uint64_t seed = 2 * (calls.size() * (round + 1) + turn) + 1;
      fill(a, seed, p.operands), fill(b, seed + 1, p.operands), c.memory.poison();
      const double time = timer([&] { calls[who](a, b, c); });
      if (round >= 0) found[who].times.push_back(time);
      fill(a, seed, p.operands), fill(b, seed + 1, p.operands);  // C is judged by what they were, not by what was left
      found[who].worst = fmaxf(found[who].worst, worst_of(p, a, b, c, seed + 77));
    }
  }
  return found;
}

#endif
