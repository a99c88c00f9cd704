/* Elements of C of any type, as f32. */
#ifndef TENSOROP_ELEMENT_CUH
#define TENSOROP_ELEMENT_CUH

#include <cuda_bf16.h>
#include <cuda_fp16.h>

__device__ inline float to_float(float x) { return x; }
__device__ inline float to_float(__half x) { return __half2float(x); }
__device__ inline float to_float(__nv_bfloat16 x) { return __bfloat162float(x); }

template <class T>
__device__ inline T from_float(float x) {
  if constexpr (sizeof(T) == sizeof(float)) {
    return x;
  } else {
    return T(x);
  }
}

/* alpha * sum + beta * C; beta = 0 does not read C. */
template <class T>
__device__ inline void update(T *c, float sum, float alpha, float beta) {
  const float old = beta == 0 ? 0 : to_float(*c);
  *c = from_float<T>(fmaf(beta, old, alpha * sum));
}

/* The same for two neighbours, c at a multiple of their size. */
template <class T>
__device__ inline void update_pair(T *c, float first, float second, float alpha, float beta) {
  struct alignas(2 * sizeof(T)) pair {
    T x, y;
  };
  pair both = {from_float<T>(0), from_float<T>(0)};
  if (beta != 0) both = *reinterpret_cast<const pair *>(c);
  both = {from_float<T>(fmaf(beta, to_float(both.x), alpha * first)),
          from_float<T>(fmaf(beta, to_float(both.y), alpha * second))};
  *reinterpret_cast<pair *>(c) = both;
}

#endif
