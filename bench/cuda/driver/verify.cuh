// C against a sum in f64, element by element: r = |c - c'| / (eps (|alpha| sum |a||b| + |beta||c|)), eps = 2^-23, after
// what rounding to C's type, and for TF32 of the operands, may have added.
#ifndef BENCH_VERIFY_CUH
#define BENCH_VERIFY_CUH

#include "device.cuh"

struct Product {
  tensorop_cuda_operands operands;
  tensorop_cuda_op op_a, op_b;
  int64_t m, n, k, batch;
  float alpha, beta;
};

// worst: of r, as bits of a float; strays: elements outside C that are no longer NaN.
struct Verdict {
  unsigned worst, strays;
};

constexpr float HOPELESS = 1e30f;  // r of what is no number: JSON knows no infinity

__device__ inline double rounding(tensorop_cuda_operands operands) {
  return operands == TENSOROP_CUDA_HGEMM ? 0x1p-11 : operands == TENSOROP_CUDA_BF16GEMM ? 0x1p-8 : 0x1p-24;
}

__device__ inline float ratio(const Product &p, const void *a, int64_t lda, const void *b, int64_t ldb, double old,
                              double got, int64_t i, int64_t j) {
  double sum = 0, size = 0;
  for (int64_t s = 0; p.alpha != 0 && s < p.k; ++s) {
    const double x = value(a, p.op_a ? i * lda + s : s * lda + i, p.operands);
    const double y = value(b, p.op_b ? s * ldb + j : j * ldb + s, p.operands);
    sum += x * y, size += fabs(x * y);
  }
  const double expected = p.alpha * sum + (p.beta == 0 ? 0 : p.beta * old);
  const double scale = fabs(p.alpha) * size;
  double error = fabs(got - expected) - 1.01 * rounding(p.operands) * fabs(expected);
  if (p.operands == TENSOROP_CUDA_TF32GEMM) error -= 0x1p-9 * scale;  // both operands lose at most 2^-10
  if (p.operands == TENSOROP_CUDA_HGEMM) error -= 0x1p-24;  // the smallest f16
  const double unit = 0x1p-23 * (scale + (p.beta == 0 ? 0 : fabs(p.beta * old)));
  if (!(error > 0)) return isnan(got) ? HOPELESS : 0;
  return unit > 0 && error / unit < HOPELESS ? float(error / unit) : HOPELESS;
}

// Every element of the memory of C, its padding and guards too.
[[maybe_unused]] static __global__ void verify_all(Product p, const char *a, int64_t lda, int64_t sa, const char *b,
                                                   int64_t ldb, int64_t sb, const char *c, const char *old, int64_t ldc,
                                                   int64_t sc, size_t element, size_t count, Verdict *verdict) {
  for (size_t x = blockIdx.x * size_t(blockDim.x) + threadIdx.x; x < count; x += size_t(gridDim.x) * blockDim.x) {
    const int64_t at = int64_t(x) - GUARD / int64_t(element), batch = at >= 0 ? at / sc : p.batch;
    const int64_t j = at >= 0 ? at % sc / ldc : 0, i = at >= 0 ? at % sc % ldc : 0;
    if (batch < p.batch && i < p.m && j < p.n) {
      const double got = value(c, x, p.operands), before = value(old, x, p.operands);
      const float r = ratio(p, a + batch * sa * element, lda, b + batch * sb * element, ldb, before, got, i, j);
      atomicMax(&verdict->worst, __float_as_uint(r));
    } else {
      for (size_t byte = 0; byte < element; ++byte) {
        if (static_cast<unsigned char>(c[x * element + byte]) != 0xff) atomicAdd(&verdict->strays, 1);
      }
    }
  }
}

// Elements here and there of one matrix; beta must be 0.
[[maybe_unused]] static __global__ void verify_some(Product p, const char *a, int64_t lda, const char *b, int64_t ldb,
                                                    const char *c, int64_t ldc, int samples, uint64_t seed,
                                                    Verdict *verdict) {
  const int x = blockIdx.x * blockDim.x + threadIdx.x;
  if (x >= samples) return;
  const int64_t i = hash(seed + 2 * x) % p.m, j = hash(seed + 2 * x + 1) % p.n;
  const float r = ratio(p, a, lda, b, ldb, 0, value(c, j * ldc + i, p.operands), i, j);
  atomicMax(&verdict->worst, __float_as_uint(r));
}

inline float limit(int64_t k) { return fmaxf(16, 4 * sqrtf(float(k))); }

#endif
