#include <sstream>

#include "by_turns.cuh"
#include "cublas.h"
#include "launching.cuh"

namespace {

void compare(tensorop_cuda_handle handle, const Cublas &cublas, const Product &p, int rounds, Timer &timer) {
  size_t bytes = 0;
  must(tensorop_cuda_workspace_size(handle, p.operands, p.m, p.n, p.k, 1, &bytes), "workspace");
  const Memory workspace(bytes + 16);
  const auto ours = [&](const Matrix &a, const Matrix &b, const Matrix &c) {
    must(tensorop_cuda_gemm_strided_batch(handle, nullptr, p.operands, p.op_a, p.op_b, p.m, p.n, p.k, p.alpha, a.data(),
                                          a.ld, 0, b.data(), b.ld, 0, p.beta, c.data(), c.ld, 0, 1,
                                          {workspace.data(), bytes}),
         "ours");
  };
  const auto theirs = [&](const Matrix &a, const Matrix &b, const Matrix &c) { cublas(p, a, b, c); };
  const std::vector<Timed> found = by_turns(p, rounds, timer, {ours, theirs});
  const double flops = 2.0 * p.m * p.n * p.k, own = median(found[0].times), other = median(found[1].times);
  printf(
      "{\"operands\": %d, \"op\": \"%c%c\", \"m\": %ld, \"k\": %ld, \"n\": %ld, \"tflops\": %.3f, \"cublas\": %.3f, "
      "\"ratio\": %.4f, \"worst_r\": %.3g, \"limit\": %.3g}\n",
      p.operands, "NT"[p.op_a], "NT"[p.op_b], long(p.m), long(p.k), long(p.n), 1e-12 * flops / own,
      1e-12 * flops / other, other / own, found[0].worst, limit(p.k));
  fflush(stdout);
}

}  // namespace

int measure(tensorop_cuda_handle handle, const char *path, const char *shapes, int rounds) {
  const Cublas cublas(path);
  Timer timer(l2_bytes());
  std::istringstream text(shapes);
  int operands, op_a, op_b;
  for (int64_t m, n, k; text >> operands >> op_a >> op_b >> m >> n >> k;) {
    compare(handle, cublas, product(operands, op_a, op_b, m, n, k), rounds, timer);
  }
  return 0;
}
