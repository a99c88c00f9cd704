#include "commands.h"
#include "timing.cuh"

namespace {

double time_of(const tensorop_cuda_device &device, const tensorop_cuda_variant &v, int64_t size, int trans,
               Timer &timer) {
  const size_t element = tensorop_cuda_element(v.operands);
  const Matrix a(size, size, 1, element, false), b(size, size, 1, element, false), c(size, size, 1, element, false);
  const tensorop_cuda_op op_a = trans & 1 ? TENSOROP_CUDA_T : TENSOROP_CUDA_N;
  const tensorop_cuda_op op_b = trans & 2 ? TENSOROP_CUDA_T : TENSOROP_CUDA_N;
  tensorop_cuda_plan plan{};
  plan.variant = &v, plan.splits = 1, plan.k_per_split = int32_t((size + v.bk - 1) / v.bk * v.bk);
  plan.tiles_m = int32_t((size + v.bm - 1) / v.bm + v.cluster - 1) / v.cluster * v.cluster;
  plan.tiles_n = int32_t((size + v.bn - 1) / v.bn);
  const tensorop_cuda_problem problem{v.operands, op_a, op_b, 0, size, size, size, 1};
  const tensorop_cuda_call call{v.operands, op_a,     op_b, size, size, size, 1, 1, 0,           a.data(),
                                b.data(),   c.data(), a.ld, b.ld, c.ld, 0,    0, 0, {nullptr, 0}};
  std::vector<double> times;
  for (int round = 0; round < 6; ++round) {
    fill(a, 2 * round, v.operands), fill(b, 2 * round + 1, v.operands);
    const double time = timer([&] { must(tensorop_cuda_launch(&device, nullptr, &call, &problem, &plan), v.name); });
    if (round > 0) times.push_back(time);  // the first one warms up
  }
  return median(times);
}

}  // namespace

int tune(const tensorop_cuda_device &device, int64_t size) {
  Timer timer(l2_bytes());
  int clock = 0;
  must(cudaDeviceGetAttribute(&clock, cudaDevAttrClockRate, 0), "attribute");
  for (const tensorop_cuda_variant *v : variants_of(device)) {
    for (int trans = 0; trans < 4; ++trans) {
      const double time = time_of(device, *v, size, trans, timer);
      const double rate = double(size) * size * size / time / (1e3 * clock) / device.multiprocessors;
      printf(
          "{\"variant\": \"%s\", \"operands\": %d, \"trans\": %d, \"size\": %ld, \"seconds\": %.6g, \"tflops\": %.2f, "
          "\"rate\": %.2f}\n",
          v->name, v->operands, trans, long(size), time, 2e-12 * size * size * size / time, rate);
      fflush(stdout);
    }
  }
  return 0;
}
