// driver facts | prove VARIANT OPERANDS [quick] | rate VARIANT OPERANDS SIZE | measure CUBLAS.so|- "SHAPES" ROUNDS [RATES]
//   | duel VARIANT OTHER OPERANDS "SHAPES" ROUNDS
// 0: done; 1: CUDA failed; 2: no such command or variant; 4: a wrong result.
#include <cstring>

#include "commands.h"
#include "context.h"
#include "device.cuh"

namespace {

int facts(const tensorop_cuda_device &device) {
  cudaDeviceProp properties;
  must(cudaGetDeviceProperties(&properties, 0), "properties");
  int driver = 0, runtime = 0, clock = 0;
  must(cudaDeviceGetAttribute(&clock, cudaDevAttrClockRate, 0), "clock");
  must(cudaDriverGetVersion(&driver), "driver"), must(cudaRuntimeGetVersion(&runtime), "runtime");
  printf(
      "{\"gpu\": \"%s\", \"capability\": %d, \"multiprocessors\": %d, \"l2\": %d, \"mhz\": %d, \"driver\": %d, "
      "\"runtime\": %d}\n",
      properties.name, device.capability, device.multiprocessors, properties.l2CacheSize, clock / 1000, driver,
      runtime);
  return 0;
}

// nullptr for a variant that is not there, or does not run on this device.
const tensorop_cuda_variant *find(const tensorop_cuda_device &device, const char *name, int operands) {
  for (int i = 0; i < tensorop_cuda_rows; ++i) {
    const tensorop_cuda_variant *v = tensorop_cuda_table[i].variant;
    const bool runs = v->shared <= device.shared && (v->kind != TENSOROP_CUDA_TMA || device.capability == 90);
    if (runs && v->operands == operands && strcmp(v->name, name) == 0) return v;
  }
  fprintf(stderr, "no variant %s runs on this device\n", name);
  return nullptr;
}

int obey(tensorop_cuda_handle handle, int count, char **words) {
  const tensorop_cuda_device &device = handle->device;
  const auto is = [&](const char *command, int arguments) {
    return count >= 2 + arguments && strcmp(words[1], command) == 0;
  };
  if (is("facts", 0)) return facts(device);
  if (is("measure", 3)) return measure(handle, words[2], words[3], atoi(words[4]), count > 5 ? words[5] : nullptr);
  if (is("prove", 2) || is("rate", 3)) {
    const tensorop_cuda_variant *v = find(device, words[2], atoi(words[3]));
    if (v) return is("prove", 2) ? prove(device, *v, count > 4) : rate(device, *v, atoll(words[4]));
  }
  if (is("duel", 5)) {
    const auto *one = find(device, words[2], atoi(words[4])), *other = find(device, words[3], atoi(words[4]));
    if (one && other) return duel(device, *one, *other, words[5], atoi(words[6]));
  }
  fprintf(stderr, "driver facts | prove | rate | duel | measure: see main.cu\n");
  return 2;
}

}  // namespace

int main(int count, char **words) {
  tensorop_cuda_handle handle;
  must(tensorop_cuda_create(&handle, 0), "the first GPU");
  cudaDeviceSetLimit(cudaLimitPersistingL2CacheSize, 0);  // where there is such a limit
  cudaGetLastError();
  const int status = obey(handle, count, words);
  tensorop_cuda_destroy(handle);
  return status;
}
