#include "context.h"

#include <cuda_runtime_api.h>
#include <stdlib.h>

static tensorop_cuda_status status_of(cudaError_t error) {
  switch (error) {
    case cudaSuccess: return TENSOROP_CUDA_OK;
    case cudaErrorNoDevice:
    case cudaErrorInvalidDevice:
    case cudaErrorDevicesUnavailable: return TENSOROP_CUDA_NO_DEVICE;
    case cudaErrorInsufficientDriver:
    case cudaErrorSystemDriverMismatch: return TENSOROP_CUDA_OLD_DRIVER;
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorUnsupportedPtxVersion: return TENSOROP_CUDA_UNSUPPORTED;
    default: return TENSOROP_CUDA_FAILED;
  }
}

static cudaError_t read_device(int number, tensorop_cuda_device *device) {
  int major = 0, minor = 0, shared = 0;
  cudaError_t error = cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, number);
  if (!error) error = cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, number);
  if (!error) error = cudaDeviceGetAttribute(&shared, cudaDevAttrMaxSharedMemoryPerBlockOptin, number);
  if (!error) error = cudaDeviceGetAttribute(&device->multiprocessors, cudaDevAttrMultiProcessorCount, number);
  device->capability = 10 * major + minor;
  device->shared = (size_t)shared;
  device->table = tensorop_cuda_table;
  device->rows = tensorop_cuda_rows;
  return error;
}

/* A block gets more than 48 KB of shared memory only where that was asked for. */
static cudaError_t allow_shared(const tensorop_cuda_variant *variant) {
  for (int i = 0; i < 8; ++i) {
    const void *kernel = variant->kernels[i / 4][i / 2 % 2][i % 2];
    if (!kernel) continue;
    const cudaError_t error =
        cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int)variant->shared);
    if (error) return error;
  }
  return cudaSuccess;
}

/* Multiprocessors come in pairs, so that pairs of blocks fill them; larger clusters leave some of a GPC empty, and one
 * too many would wait until another has done all its pieces. That is asked here once: a launch must be short. */
static int running_clusters(const tensorop_cuda_device *device, const tensorop_cuda_variant *variant) {
  int most = device->multiprocessors * variant->blocks / variant->cluster;
  if (variant->cluster <= 2) return most;
  cudaLaunchAttribute attribute = {.id = cudaLaunchAttributeClusterDimension};
  attribute.val.clusterDim.x = (unsigned)variant->cluster;
  attribute.val.clusterDim.y = attribute.val.clusterDim.z = 1;
  const cudaLaunchConfig_t config = {.gridDim = {(unsigned)(most * variant->cluster), 1, 1},
                                     .blockDim = {(unsigned)variant->threads, 1, 1},
                                     .dynamicSmemBytes = variant->shared,
                                     .attrs = &attribute,
                                     .numAttrs = 1};
  for (int i = 0; i < 8; ++i) {
    const void *kernel = variant->kernels[i / 4][i / 2 % 2][i % 2];
    int found = 0;
    if (!kernel) continue;
    if (cudaOccupancyMaxActiveClusters(&found, kernel, &config)) {
      cudaGetLastError(); /* the caller's other calls have not failed */
      return 0;
    }
    if (found < most) most = found;
  }
  return most;
}

static cudaError_t prepare_here(const tensorop_cuda_device *device) {
  for (int i = 0; i < tensorop_cuda_rows; ++i) {
    const tensorop_cuda_variant *variant = tensorop_cuda_table[i].variant;
    if (variant->shared > device->shared) continue;
    if (variant->kind == TENSOROP_CUDA_TMA && device->capability != 90) continue;
    const cudaError_t error = allow_shared(variant);
    if (error) return error;
    device->clusters[i] = running_clusters(device, variant);
  }
  return cudaSuccess;
}

/* The current device stays. */
static cudaError_t prepare(const tensorop_cuda_device *device, int number) {
  int current = 0;
  cudaError_t error = cudaGetDevice(&current);
  if (!error) error = cudaSetDevice(number);
  if (!error) error = prepare_here(device);
  const cudaError_t restored = cudaSetDevice(current);
  return error ? error : restored;
}

tensorop_cuda_status tensorop_cuda_create(tensorop_cuda_handle *handle, int device) {
  if (!handle) return TENSOROP_CUDA_NULL_HANDLE;
  *handle = NULL;
  int count = 0, driver = 0;
  cudaError_t error = cudaDriverGetVersion(&driver);
  if (!error && driver == 0) return TENSOROP_CUDA_NO_DEVICE; /* there is no driver at all */
  if (!error) error = cudaGetDeviceCount(&count);
  if (error) return status_of(error);
  if (device < 0 || device >= count) return TENSOROP_CUDA_NO_DEVICE;
  tensorop_cuda_device facts;
  error = read_device(device, &facts);
  if (error) return status_of(error);
  if (facts.capability < tensorop_cuda_table[0].capability) return TENSOROP_CUDA_UNSUPPORTED;
  struct tensorop_cuda_context *context = malloc(sizeof *context);
  facts.clusters = calloc((size_t)tensorop_cuda_rows, sizeof *facts.clusters);
  const tensorop_cuda_status status =
      context && facts.clusters ? status_of(prepare(&facts, device)) : TENSOROP_CUDA_OUT_OF_MEMORY;
  if (status != TENSOROP_CUDA_OK) {
    free(facts.clusters);
    free(context);
    return status;
  }
  context->device = facts;
  *handle = context;
  return TENSOROP_CUDA_OK;
}

void tensorop_cuda_destroy(tensorop_cuda_handle handle) {
  if (handle) free(handle->device.clusters);
  free(handle);
}
