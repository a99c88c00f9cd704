// C = alpha * (the sums of the splits of k, always added in the same order) + beta * C.
#include "element.cuh"
#include "variant.h"

namespace {

template <class T>
__global__ void __launch_bounds__(TENSOROP_CUDA_REDUCE) reduce(const __grid_constant__ tensorop_cuda_gemm args) {
  const int i = blockIdx.x * TENSOROP_CUDA_REDUCE + threadIdx.x;
  const int64_t batch = blockIdx.z, split = args.n * args.ldp;
  if (i >= args.m) return;
  const float *partial = args.partial + batch * args.splits * split + i;
  T *const c = static_cast<T *>(args.c) + batch * args.stride_c + i;
  for (int64_t j = blockIdx.y; j < args.n; j += gridDim.y) {
    float sum = 0;
    for (int s = 0; s < args.splits; ++s) sum += partial[s * split + j * args.ldp];
    update(c + j * args.ldc, sum, args.alpha, args.beta);
  }
}

template <class T>
const void *entry() {
  return reinterpret_cast<const void *>(&reduce<T>);
}

}  // namespace

extern "C" const void *const tensorop_cuda_reduce[4] = {entry<float>(), entry<float>(), entry<__half>(),
                                                        entry<__nv_bfloat16>()};
