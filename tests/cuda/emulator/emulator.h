// CUDA's words for a host compiler: kernels run on the CPU, one block at a time, each thread a fiber that runs to the
// next barrier. It is included before a kernel's text (-include), which compiles unchanged.
#ifndef EMULATOR_H
#define EMULATOR_H

#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>

#define __global__ static
#define __device__
#define __host__
#define __grid_constant__
#define __launch_bounds__(...)

struct float4 {
  float x, y, z, w;
};
struct dim3 {
  unsigned x = 1, y = 1, z = 1;
};

namespace emulated {

extern dim3 thread, block;

// Runs a kernel for every block of a grid, with `shared` bytes of shared memory that are NaN at first and end at a page
// that cannot be touched. Returns nullptr, or what was wrong.
const char *run(dim3 grid, int threads, size_t shared, const std::function<void()> &kernel);

void barrier();
void *shared_memory();
// A copy reads and lands when the thread waits for it; until then its destination is NaN.
void copy(void *to, const void *from, int size, int bytes);
void commit();
void wait(int pending);

}  // namespace emulated

#define threadIdx (emulated::thread)
#define blockIdx (emulated::block)
#define __syncthreads emulated::barrier

// What async_copy.cuh offers, whose place this takes.
#define TENSOROP_ASYNC_COPY_CUH
inline void *shared_memory() { return emulated::shared_memory(); }
template <int SIZE>
void async_copy(void *to, const void *from, int bytes) {
  emulated::copy(to, from, SIZE, bytes);
}
template <int SIZE>
void async_copy(void *to, const void *from) {
  emulated::copy(to, from, SIZE, SIZE);
}
inline void async_commit() { emulated::commit(); }
template <int PENDING>
void async_wait() {
  emulated::wait(PENDING);
}

#endif
