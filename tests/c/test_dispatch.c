/* Detection and the choice from the table of targets_toy.c. */
#include <string.h>

#include "check.h"
#include "cpu.h"
#include "dispatch.h"
#include "tensorop/tensorop.h"

static void check_compatible(const char *list, size_t size, const char *expected) {
  tensorop_cpu cpu = {0};
  memcpy(cpu.compatible, list, size);
  const char *const name = tensorop_match(&cpu)->name;
  CHECK(strcmp(name, expected) == 0, "compatible %s... got %s, not %s", list, name, expected);
}

static void check_match(const char *vendor, int family, int model, const char *expected) {
  tensorop_cpu cpu = {.core_kinds = 2, .cores = {{"Little", 1, 1}, {.family = (uint64_t)family, .model = model}}};
  strcpy(cpu.cores[1].vendor, vendor);
  const char *const name = tensorop_match(&cpu)->name;
  CHECK(strcmp(name, expected) == 0, "%s family %d model %d got %s, not %s", vendor, family, model, name, expected);
}

#if defined(__x86_64__)
#define CHECK_FEATURE(id, gcc)                                                                     \
  CHECK(!!(cpu.features & TENSOROP_FEATURE(id)) == !!__builtin_cpu_supports(gcc), "%s is %d", gcc, \
        !!(cpu.features & TENSOROP_FEATURE(id)));

static void check_features(void) {
  const tensorop_cpu cpu = tensorop_cpu_detect();
  CHECK_FEATURE(SSE2, "sse2")
  CHECK_FEATURE(SSE4_2, "sse4.2")
  CHECK_FEATURE(AVX, "avx")
  CHECK_FEATURE(FMA, "fma")
  CHECK_FEATURE(AVX2, "avx2")
  CHECK_FEATURE(BMI2, "bmi2")
  CHECK_FEATURE(AVX512F, "avx512f")
  CHECK_FEATURE(AVX512DQ, "avx512dq")
  CHECK_FEATURE(AVX512BW, "avx512bw")
  CHECK_FEATURE(AVX512VL, "avx512vl")
  CHECK_FEATURE(AVX512_VNNI, "avx512vnni")
  CHECK_FEATURE(AVX512_BF16, "avx512bf16")
  CHECK(!!strcmp(cpu.cores[0].vendor, "AuthenticAMD") == !__builtin_cpu_is("amd"), "vendor %s", cpu.cores[0].vendor);
  CHECK(!!strcmp(cpu.cores[0].vendor, "GenuineIntel") == !__builtin_cpu_is("intel"), "vendor %s", cpu.cores[0].vendor);
}
#endif

int main(void) {
  check_match("TestVendor", 25, 97, "one-model");
  check_match("TestVendor", 25, 96, "family");
  check_match("TestVendor", 25, 33, "family");
  check_match("TestVendor", 25, 300, "family");
  check_match("TestVendor", 26, 97, "toy");
  check_match("Other", 25, 97, "toy");
  check_compatible("test,core\0riscv", sizeof "test,core\0riscv", "by-name");
  check_compatible("riscv\0test,board", sizeof "riscv\0test,board", "by-name");
  check_compatible("test,core2\0riscv", sizeof "test,core2\0riscv", "toy");
#if defined(__x86_64__)
  check_features();
#endif
  CHECK(strcmp(tensorop_target_name(), "toy") == 0, "chose %s", tensorop_target_name());
  return finish();
}
