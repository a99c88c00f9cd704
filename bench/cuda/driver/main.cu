// driver facts | prove [quick] | tune SIZE | measure CUBLAS.so "SHAPES" ROUNDS
#include <cstring>

#include "commands.h"
#include "context.h"
#include "device.cuh"

std::vector<const tensorop_cuda_variant *> variants_of(const tensorop_cuda_device &device) {
  int newest = 0;
  std::vector<const tensorop_cuda_variant *> found;
  for (int i = 0; i < tensorop_cuda_rows; ++i) {
    if (tensorop_cuda_table[i].capability <= device.capability) newest = tensorop_cuda_table[i].capability;
  }
  for (int i = 0; i < tensorop_cuda_rows; ++i) {
    const tensorop_cuda_row &row = tensorop_cuda_table[i];
    const bool fits = row.variant->kind != TENSOROP_CUDA_TMA || device.capability == 90;
    if (row.capability == newest && fits && row.variant->shared <= device.shared) found.push_back(row.variant);
  }
  return found;
}

namespace {

int facts(const tensorop_cuda_device &device) {
  cudaDeviceProp properties;
  must(cudaGetDeviceProperties(&properties, 0), "properties");
  int driver = 0, runtime = 0;
  must(cudaDriverGetVersion(&driver), "driver"), must(cudaRuntimeGetVersion(&runtime), "runtime");
  printf(
      "{\"gpu\": \"%s\", \"capability\": %d, \"multiprocessors\": %d, \"l2\": %d, \"driver\": %d, \"runtime\": %d}\n",
      properties.name, device.capability, device.multiprocessors, properties.l2CacheSize, driver, runtime);
  return 0;
}

}  // namespace

int main(int count, char **words) {
  tensorop_cuda_handle handle;
  must(tensorop_cuda_create(&handle, 0), "the first GPU");
  cudaDeviceSetLimit(cudaLimitPersistingL2CacheSize, 0);  // where there is such a limit
  cudaGetLastError();
  const auto is = [&](const char *command, int arguments) {
    return count >= 2 + arguments && strcmp(words[1], command) == 0;
  };
  int status = 2;
  if (is("facts", 0)) status = facts(handle->device);
  if (is("prove", 0)) status = prove(handle->device, count > 2);
  if (is("tune", 1)) status = tune(handle->device, atoll(words[2]));
  if (is("measure", 3)) status = measure(handle, words[2], words[3], atoi(words[4]));
  tensorop_cuda_destroy(handle);
  if (status == 2) fprintf(stderr, "driver facts | prove [quick] | tune SIZE | measure CUBLAS.so SHAPES ROUNDS\n");
  return status;
}
