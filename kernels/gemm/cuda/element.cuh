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
  *c = from_float<T>(beta == 0 ? alpha * sum : fmaf(beta, to_float(*c), alpha * sum));
}

#endif
