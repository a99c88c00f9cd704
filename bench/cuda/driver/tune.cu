#include <cstring>
#include <sstream>

#include "by_turns.cuh"
#include "launching.cuh"

namespace {

Call call_of(const tensorop_cuda_device &device, const tensorop_cuda_variant &v, const Product &p) {
  return [&device, &v, p](const Matrix &a, const Matrix &b, const Matrix &c) {
    launch(device, plan_of(v, p, 1), p, a, b, c, false, {nullptr, 0});
  };
}

void print_times(const char *name, const std::vector<double> &times) {
  printf("\"%s\": [", name);
  for (size_t i = 0; i < times.size(); ++i) printf("%s%.6g", i ? ", " : "", times[i]);
  printf("], ");
}

}  // namespace

int rate(const tensorop_cuda_device &device, const tensorop_cuda_variant &v, int64_t size) {
  Timer timer(l2_bytes());
  int clock = 0;
  must(cudaDeviceGetAttribute(&clock, cudaDevAttrClockRate, 0), "attribute");
  for (int trans = 0; trans < 4; ++trans) {
    const Product p = product(v.operands, trans & 1, trans >> 1, size, size, size);
    const Timed found = by_turns(p, 5, timer, {call_of(device, v, p)})[0];
    const double time = median(found.times), products = double(size) * size * size;
    printf(
        "{\"trans\": %d, \"size\": %ld, \"seconds\": %.6g, \"tflops\": %.2f, \"rate\": %.2f, \"worst_r\": %.3g, "
        "\"limit\": %.3g}\n",
        trans, long(size), time, 2e-12 * products / time, products / time / (1e3 * clock) / device.multiprocessors,
        found.worst, limit(size));
    fflush(stdout);
  }
  return 0;
}

int duel(const tensorop_cuda_device &device, const tensorop_cuda_variant &one, const tensorop_cuda_variant &other,
         const char *shapes, int rounds) {
  Timer timer(l2_bytes());
  std::istringstream text(shapes);
  int op_a, op_b;
  for (int64_t m, n, k; text >> op_a >> op_b >> m >> n >> k;) {
    const Product p = product(one.operands, op_a, op_b, m, n, k);
    const std::vector<Timed> found = by_turns(p, rounds, timer, {call_of(device, one, p), call_of(device, other, p)});
    printf("{\"m\": %ld, \"k\": %ld, \"n\": %ld, ", long(m), long(k), long(n));
    print_times("seconds", found[0].times), print_times("against", found[1].times);
    printf("\"worst_r\": %.3g, \"limit\": %.3g}\n", fmaxf(found[0].worst, found[1].worst), limit(k));
    fflush(stdout);
  }
  return 0;
}
