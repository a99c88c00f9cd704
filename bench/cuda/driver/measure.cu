#include <cmath>
#include <sstream>

#include "commands.h"
#include "cublas.h"
#include "timing.cuh"

namespace {

constexpr int SAMPLES = 4096;

float worst_of(const Product &p, const Matrix &a, const Matrix &b, const Matrix &c, uint64_t seed) {
  const Memory verdict(sizeof(Verdict));
  must(cudaMemset(verdict.data(), 0, sizeof(Verdict)), "cudaMemset");
  verify_some<<<SAMPLES / 64, 64>>>(p, a.data(), a.ld, b.data(), b.ld, c.data(), c.ld, SAMPLES, seed,
                                    reinterpret_cast<Verdict *>(verdict.data()));
  Verdict found;
  must(cudaMemcpy(&found, verdict.data(), sizeof found, cudaMemcpyDeviceToHost), "verdict");
  float worst;
  memcpy(&worst, &found.worst, sizeof worst);
  return worst;
}

// Fresh operands and a poisoned C before every call; what the timed call itself left in C is verified.
void compare(tensorop_cuda_handle handle, const Cublas &cublas, const Product &p, int rounds, Timer &timer) {
  const size_t element = p.operands <= TENSOROP_CUDA_TF32GEMM ? 4 : 2;
  const Matrix a(p.op_a ? p.k : p.m, p.op_a ? p.m : p.k, 1, element, false);
  const Matrix b(p.op_b ? p.n : p.k, p.op_b ? p.k : p.n, 1, element, false), c(p.m, p.n, 1, element, false);
  size_t bytes = 0;
  must(tensorop_cuda_workspace_size(handle, p.operands, p.m, p.n, p.k, 1, &bytes), "workspace");
  const Memory workspace(bytes + 16);
  const auto ours = [&] {
    must(tensorop_cuda_gemm_strided_batch(handle, nullptr, p.operands, p.op_a, p.op_b, p.m, p.n, p.k, p.alpha, a.data(),
                                          a.ld, 0, b.data(), b.ld, 0, p.beta, c.data(), c.ld, 0, 1,
                                          {workspace.data(), bytes}),
         "ours");
  };
  std::vector<double> times[2];
  float worst = 0;
  for (int round = -1; round < rounds; ++round) {  // the first one warms up
    for (int turn = 0; turn < 2; ++turn) {
      const int who = (turn + round + 1) % 2;
      fill(a, 4 * round + 9, p.operands), fill(b, 4 * round + 10, p.operands), c.memory.poison();
      const double time = timer([&] { who == 0 ? ours() : cublas(p, a, b, c); });
      if (round >= 0) times[who].push_back(time);
      if (who == 0) worst = fmaxf(worst, worst_of(p, a, b, c, round + 77));
    }
  }
  const double flops = 2.0 * p.m * p.n * p.k, own = median(times[0]), other = median(times[1]);
  printf(
      "{\"operands\": %d, \"op\": \"%c%c\", \"m\": %ld, \"k\": %ld, \"n\": %ld, \"tflops\": %.3f, \"cublas\": %.3f, "
      "\"ratio\": %.4f, \"worst_r\": %.3g, \"limit\": %.3g}\n",
      p.operands, "NT"[p.op_a], "NT"[p.op_b], long(p.m), long(p.k), long(p.n), 1e-12 * flops / own,
      1e-12 * flops / other, other / own, worst, limit(p.k));
  fflush(stdout);
}

}  // namespace

int measure(tensorop_cuda_handle handle, const char *path, const char *shapes, int rounds) {
  const Cublas cublas(path);
  Timer timer(l2_bytes());
  std::istringstream text(shapes);
  int operands, op_a, op_b;
  for (int64_t m, n, k; text >> operands >> op_a >> op_b >> m >> n >> k;) {
    compare(handle, cublas,
            {tensorop_cuda_operands(operands), tensorop_cuda_op(op_a), tensorop_cuda_op(op_b), m, n, k, 1, 1, 0},
            rounds, timer);
  }
  return 0;
}
