// CUDA's words for a host compiler: kernels run on the CPU, one block at a time, each thread a fiber that runs to the
// next barrier. It is included before a kernel's text (-include), which compiles unchanged.
#ifndef EMULATOR_H
#define EMULATOR_H

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>

#ifdef EMULATE_TENSOR_CORES
#define CUTE_CVTA_GENERIC_TO_SHARED_ACTIVATED 1
uint32_t __cvta_generic_to_shared(const void *pointer);  // in emulator.cpp
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <cute/tensor.hpp>
#undef __global__
#undef __grid_constant__
#undef __launch_bounds__
#else
struct alignas(8) float2 {
  float x, y;
};
struct alignas(16) float4 {
  float x, y, z, w;
};
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
using std::max, std::min;
template <class T>
T __ldg(const T *from) {
  return *from;
}
struct dim3 {
  unsigned x = 1, y = 1, z = 1;
};
#define __device__
#define __host__
#define __forceinline__ inline
#endif
#define __global__ static
#define __grid_constant__
#define __launch_bounds__(...)

namespace emulated {

extern dim3 thread, block, grid;

// Runs a kernel for every block of a grid, with `shared` bytes of shared memory that are NaN at first and end, but for
// what makes them begin at a multiple of 1024, at a page that cannot be touched. The blocks of a cluster, neighbours along x, run together, other blocks one after the other.
// Returns nullptr, or what was wrong.
const char *run(dim3 grid, int threads, size_t shared, const std::function<void()> &kernel, int cluster = 1);

void barrier();
// Lets the other threads go on, for one that waits for something else than a barrier of all.
void pause();
// Ends the run with this fault.
void fail(const char *fault);
void *shared_memory();
// The running block's number in its cluster, and the shared memory of any of them.
int rank();
void *shared_memory(int block_of_cluster);
// A copy reads and lands when the thread waits for it; until then its destination is NaN.
void copy(void *to, const void *from, int size, int bytes);
void commit();
void wait(int pending);
// Gives all lanes of the warp what each of them brings, at most 32 bytes; `all` holds until the next call but one. All
// threads of the block must call it: it is a barrier too, stricter than a warp's.
const void *exchange_bytes(const void *mine, size_t size);
template <class Mine>
const Mine *exchange(const Mine &mine) {
  return static_cast<const Mine *>(exchange_bytes(&mine, sizeof(Mine)));
}

}  // namespace emulated

#define threadIdx (emulated::thread)
#define blockIdx (emulated::block)
#define gridDim (emulated::grid)
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

#ifdef EMULATE_TENSOR_CORES
#include "hopper.h"
#include "tensor_cores.h"
#endif

#endif
