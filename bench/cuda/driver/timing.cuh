// Times of one call on the device, with nothing of it left in L2.
#ifndef BENCH_TIMING_CUH
#define BENCH_TIMING_CUH

#include <algorithm>
#include <vector>

#include "device.cuh"

class Timer {
 public:
  explicit Timer(size_t l2) : flush_(2 * l2 + (1 << 20)) {
    must(cudaEventCreate(&start_), "event"), must(cudaEventCreate(&stop_), "event");
  }
  ~Timer() { cudaEventDestroy(start_), cudaEventDestroy(stop_); }
  Timer(const Timer &) = delete;
  Timer &operator=(const Timer &) = delete;

  // Seconds.
  template <class Call>
  double operator()(Call call) {
    must(cudaMemsetAsync(flush_.data(), 0, flush_.bytes()), "flush");
    must(cudaEventRecord(start_), "event");
    call();
    must(cudaEventRecord(stop_), "event");
    must(cudaEventSynchronize(stop_), "the timed call");
    float milliseconds = 0;
    must(cudaEventElapsedTime(&milliseconds, start_, stop_), "event");
    return 1e-3 * milliseconds;
  }

 private:
  Memory flush_;
  cudaEvent_t start_, stop_;
};

inline double median(std::vector<double> times) {
  std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
  return times[times.size() / 2];
}

inline size_t l2_bytes() {
  int bytes = 0;
  must(cudaDeviceGetAttribute(&bytes, cudaDevAttrL2CacheSize, 0), "attribute");
  return size_t(bytes);
}

#endif
