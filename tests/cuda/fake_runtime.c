/* The CUDA runtime as far as the library asks it, with answers that a test sets. */
#include <cuda_runtime_api.h>

int driver = 13000, devices = 1, capability = 90, current = 0, set_to = -1;
cudaError_t count_error = cudaSuccess, attribute_error = cudaSuccess, kernel_error = cudaSuccess;
int clusters = 0, cluster_questions = 0, blocks = 0;
cudaError_t cluster_error = cudaSuccess;

cudaError_t cudaDriverGetVersion(int *version) { return *version = driver, cudaSuccess; }
cudaError_t cudaGetDeviceCount(int *count) { return *count = devices, count_error; }
cudaError_t cudaGetDevice(int *device) { return *device = current, cudaSuccess; }
cudaError_t cudaSetDevice(int device) { return set_to = device, cudaSuccess; }
cudaError_t cudaFuncSetAttribute(const void *kernel, enum cudaFuncAttribute attribute, int value) {
  (void)kernel, (void)attribute, (void)value;
  return kernel_error;
}
cudaError_t cudaDeviceGetAttribute(int *value, enum cudaDeviceAttr attribute, int device) {
  (void)device;
  *value = attribute == cudaDevAttrComputeCapabilityMajor   ? capability / 10
           : attribute == cudaDevAttrComputeCapabilityMinor ? capability % 10
           : attribute == cudaDevAttrMultiProcessorCount    ? 132
                                                            : 232448;
  return attribute_error;
}
cudaError_t cudaOccupancyMaxActiveClusters(int *count, const void *kernel, const cudaLaunchConfig_t *config) {
  (void)kernel, (void)config;
  return ++cluster_questions, *count = clusters, cluster_error;
}
cudaError_t cudaGetLastError(void) { return cudaSuccess; }
cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t *config, const void *kernel, void **arguments) {
  (void)kernel, (void)arguments;
  return blocks = (int)config->gridDim.x, cudaSuccess;
}
