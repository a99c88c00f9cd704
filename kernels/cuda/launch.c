#include "launch.h"

#include <cuda_runtime_api.h>

#include "tensor_map.h"

#define MOST_Z 65535 /* blocks of a grid along y and z */

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

static cudaError_t start(const void *kernel, dim3 grid, int threads, size_t shared, tensorop_cuda_stream stream,
                         void **arguments) {
  const cudaLaunchConfig_t config = {
      .gridDim = grid, .blockDim = {(unsigned)threads, 1, 1}, .dynamicSmemBytes = shared, .stream = stream};
  return cudaLaunchKernelExC(&config, kernel, arguments);
}

static int clusters_of(const tensorop_cuda_device *device, const tensorop_cuda_variant *variant) {
  for (int i = 0; i < tensorop_cuda_rows; ++i) {
    if (tensorop_cuda_table[i].variant == variant) return device->clusters[i];
  }
  return 0;
}

/* As many clusters as run at a time, at most one for each of these pieces of work. */
static cudaError_t start_clusters(const void *kernel, const tensorop_cuda_device *device,
                                  const tensorop_cuda_variant *variant, int64_t pieces, tensorop_cuda_stream stream,
                                  void **arguments) {
  const int cluster = variant->cluster, most = clusters_of(device, variant);
  if (most == 0) return cudaErrorInvalidConfiguration;
  cudaLaunchAttribute attribute = {.id = cudaLaunchAttributeClusterDimension};
  attribute.val.clusterDim.x = (unsigned)cluster;
  attribute.val.clusterDim.y = attribute.val.clusterDim.z = 1;
  const cudaLaunchConfig_t config = {
      .gridDim = {(unsigned)(smaller(pieces, most) * cluster), 1, 1},
      .blockDim = {(unsigned)variant->threads, 1, 1},
      .dynamicSmemBytes = variant->shared,
      .stream = stream,
      .attrs = &attribute,
      .numAttrs = cluster > 1,
  };
  return cudaLaunchKernelExC(&config, kernel, arguments);
}

/* The kernel of a TMA variant stays on its multiprocessor and takes tile after tile. */
static tensorop_cuda_status start_tma(const tensorop_cuda_device *device, tensorop_cuda_stream stream,
                                      const void *kernel, const tensorop_cuda_variant *variant,
                                      const tensorop_cuda_problem *problem, tensorop_cuda_gemm *args) {
  CUtensorMap a, b;
  const int64_t rows_a = problem->trans_a ? args->k : args->m, rows_b = problem->trans_b ? args->n : args->k;
  tensorop_cuda_status status =
      tensorop_cuda_encode(&a, problem->operands, args->a, rows_a, args->m + args->k - rows_a, args->lda,
                           args->stride_a, args->batch, problem->trans_a ? variant->bm : variant->bk);
  /* The blocks of a cluster each fetch a part of B for all of them. */
  const int across_b = problem->trans_b ? variant->bk : variant->bn / variant->cluster;
  if (status == TENSOROP_CUDA_OK) {
    status = tensorop_cuda_encode(&b, problem->operands, args->b, rows_b, args->n + args->k - rows_b, args->ldb,
                                  args->stride_b, args->batch, across_b);
  }
  if (status != TENSOROP_CUDA_OK) return status;
  const int64_t pieces = (int64_t)args->tiles_m / variant->cluster * args->tiles_n * args->splits * args->batch;
  void *arguments[] = {&a, &b, args};
  return start_clusters(kernel, device, variant, pieces, stream, arguments) ? TENSOROP_CUDA_FAILED : TENSOROP_CUDA_OK;
}

static tensorop_cuda_gemm arguments_of(const tensorop_cuda_call *call, const tensorop_cuda_plan *plan) {
  const size_t element = tensorop_cuda_element(call->operands);
  const uint64_t c = (uint64_t)(uintptr_t)call->c | (uint64_t)call->ldc * element | (uint64_t)call->stride_c * element;
  return (tensorop_cuda_gemm){
      .a = call->a,
      .b = call->b,
      .c = call->c,
      .lda = call->lda,
      .ldb = call->ldb,
      .ldc = call->ldc,
      .stride_a = call->stride_a,
      .stride_b = call->stride_b,
      .stride_c = call->stride_c,
      .m = (int32_t)call->m,
      .n = (int32_t)call->n,
      .k = (int32_t)call->k,
      .alpha = call->alpha,
      .beta = call->beta,
      .partial = call->workspace.memory,
      .ldp = tensorop_cuda_partial_ld(call->m),
      .splits = plan->splits,
      .k_per_split = plan->k_per_split,
      .tiles_m = plan->tiles_m,
      .tiles_n = plan->tiles_n,
      .vector_c = c % 16 == 0,
  };
}

static tensorop_cuda_status reduce(tensorop_cuda_stream stream, const tensorop_cuda_problem *problem,
                                   tensorop_cuda_gemm *args) {
  void *arguments[] = {args};
  const dim3 grid = {(unsigned)((args->m + TENSOROP_CUDA_REDUCE - 1) / TENSOROP_CUDA_REDUCE),
                     (unsigned)smaller(args->n, MOST_Z), (unsigned)args->batch};
  const cudaError_t error =
      start(tensorop_cuda_reduce[problem->operands], grid, TENSOROP_CUDA_REDUCE, 0, stream, arguments);
  return error ? TENSOROP_CUDA_FAILED : TENSOROP_CUDA_OK;
}

static tensorop_cuda_status launch_some(const tensorop_cuda_device *device, tensorop_cuda_stream stream,
                                        const tensorop_cuda_problem *problem, const tensorop_cuda_plan *plan,
                                        tensorop_cuda_gemm *args) {
  const tensorop_cuda_variant *variant = plan->variant;
  const void *kernel = variant->kernels[problem->trans_a][problem->trans_b][problem->odd];
  tensorop_cuda_status status = TENSOROP_CUDA_OK;
  if (variant->kind == TENSOROP_CUDA_TMA) {
    status = start_tma(device, stream, kernel, variant, problem, args);
  } else {
    void *arguments[] = {args};
    const dim3 grid = {(unsigned)args->tiles_m * (unsigned)args->tiles_n, (unsigned)args->splits,
                       (unsigned)args->batch};
    if (start(kernel, grid, variant->threads, variant->shared, stream, arguments)) status = TENSOROP_CUDA_FAILED;
  }
  return status == TENSOROP_CUDA_OK && args->splits > 1 ? reduce(stream, problem, args) : status;
}

tensorop_cuda_status tensorop_cuda_launch(const tensorop_cuda_device *device, tensorop_cuda_stream stream,
                                          const tensorop_cuda_call *call, const tensorop_cuda_problem *problem,
                                          const tensorop_cuda_plan *plan) {
  const int64_t element = (int64_t)tensorop_cuda_element(call->operands);
  tensorop_cuda_gemm args = arguments_of(call, plan);
  for (int64_t done = 0; done < call->batch; done += MOST_Z) {
    args.batch = (int32_t)smaller(call->batch - done, MOST_Z);
    args.a = (const char *)call->a + done * call->stride_a * element;
    args.b = (const char *)call->b + done * call->stride_b * element;
    args.c = (char *)call->c + done * call->stride_c * element;
    if (plan->splits > 1) {
      args.partial = (float *)call->workspace.memory + done * plan->splits * call->n * args.ldp;
    }
    const tensorop_cuda_status status = launch_some(device, stream, problem, plan, &args);
    if (status != TENSOROP_CUDA_OK) return status;
  }
  return TENSOROP_CUDA_OK;
}
