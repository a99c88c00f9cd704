// Memory, data and checks on the device. A matrix is column-major; its padding and what surrounds it are NaN (bits 0xff).
#ifndef BENCH_DEVICE_CUH
#define BENCH_DEVICE_CUH

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <cstdio>
#include <cstdlib>

#include "tensorop/cuda.h"

inline void must(cudaError_t error, const char *what) {
  if (error == cudaSuccess) return;
  fprintf(stderr, "%s: %s\n", what, cudaGetErrorString(error));
  exit(1);
}

inline void must(tensorop_cuda_status status, const char *what) {
  if (status == TENSOROP_CUDA_OK) return;
  fprintf(stderr, "%s: %s\n", what, tensorop_cuda_status_text(status));
  exit(1);
}

class Memory {
 public:
  explicit Memory(size_t bytes) : bytes_(bytes) { must(cudaMalloc(&data_, bytes), "cudaMalloc"); }
  ~Memory() { cudaFree(data_); }
  Memory(const Memory &) = delete;
  Memory &operator=(const Memory &) = delete;
  char *data() const { return static_cast<char *>(data_); }
  size_t bytes() const { return bytes_; }
  void poison() const { must(cudaMemset(data_, 0xff, bytes_), "cudaMemset"); }

 private:
  void *data_ = nullptr;
  size_t bytes_;
};

constexpr int GUARD = 256;  // bytes before and after a matrix

// rows x columns of a batch in its own memory; odd: columns begin at odd addresses.
struct Matrix {
  Matrix(int64_t rows, int64_t columns, int64_t batch, size_t element, bool odd)
      : rows(rows),
        columns(columns),
        batch(batch),
        element(element),
        ld(odd ? rows + 1 : (rows + 7) / 8 * 8),
        stride(ld * columns + (odd ? 1 : 8)),
        memory(2 * GUARD + size_t(stride) * batch * element) {}
  char *data() const { return memory.data() + GUARD; }
  int64_t rows, columns, batch;
  size_t element;
  int64_t ld, stride;
  Memory memory;
};

__device__ inline uint32_t hash(uint64_t x) {
  x = (x ^ (x >> 31)) * 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 29)) * 0xbf58476d1ce4e5b9ull;
  return uint32_t(x >> 32);
}

__device__ inline double value(const void *x, size_t i, tensorop_cuda_operands operands) {
  switch (operands) {
    case TENSOROP_CUDA_HGEMM: return __half2float(static_cast<const __half *>(x)[i]);
    case TENSOROP_CUDA_BF16GEMM: return __bfloat162float(static_cast<const __nv_bfloat16 *>(x)[i]);
    default: return static_cast<const float *>(x)[i];
  }
}

// Uniform in [-1, 1), rounded to the type.
[[maybe_unused]] static __global__ void fill_kernel(char *x, int64_t rows, int64_t columns, int64_t ld, int64_t stride,
                                                    uint64_t seed, tensorop_cuda_operands operands) {
  for (int64_t i = blockIdx.x * int64_t(blockDim.x) + threadIdx.x; i < rows * columns;
       i += gridDim.x * int64_t(blockDim.x)) {
    const int64_t at = blockIdx.y * stride + i / rows * ld + i % rows;
    const float random = float(hash(seed * 0x100000001b3ull + at) >> 8) / (1 << 23) - 1;
    if (operands == TENSOROP_CUDA_HGEMM) {
      reinterpret_cast<__half *>(x)[at] = __float2half(random);
    } else if (operands == TENSOROP_CUDA_BF16GEMM) {
      reinterpret_cast<__nv_bfloat16 *>(x)[at] = __float2bfloat16(random);
    } else {
      reinterpret_cast<float *>(x)[at] = random;
    }
  }
}

inline void fill(const Matrix &x, uint64_t seed, tensorop_cuda_operands operands) {
  if (x.rows * x.columns == 0) return;
  const dim3 grid(1024, unsigned(x.batch));
  fill_kernel<<<grid, 256>>>(x.data(), x.rows, x.columns, x.ld, x.stride, seed, operands);
  must(cudaGetLastError(), "fill");
}

#endif
