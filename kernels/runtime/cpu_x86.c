/* x86-64: CPUID says what the CPU has, XGETBV what the system lets us use. */
#include "cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <string.h>

enum { EAX, EBX, ECX, EDX };

static uint32_t cpuid(uint32_t leaf, uint32_t subleaf, int reg) {
  uint32_t r[4] = {0, 0, 0, 0};
  __get_cpuid_count(leaf, subleaf, &r[EAX], &r[EBX], &r[ECX], &r[EDX]);
  return r[reg];
}

/* The register state the system saves at a task switch; XGETBV exists only where OSXSAVE is set. */
static uint32_t saved_state(void) {
  if (!(cpuid(1, 0, ECX) & bit_OSXSAVE)) return 0;
  uint32_t low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

static uint64_t features(void) {
  const uint32_t state = saved_state();
  uint64_t found = 0;
#define DETECT(id, name, leaf, subleaf, reg, position, need)                                                    \
  if ((cpuid(leaf, subleaf, reg) >> (position) & 1U) && (state & TENSOROP_XCR0_##need) == TENSOROP_XCR0_##need) \
    found |= TENSOROP_FEATURE(id);
  TENSOROP_CPU_FEATURES(DETECT)
#undef DETECT
  return found;
}

tensorop_cpu tensorop_cpu_detect(void) {
  tensorop_core core = {0};
  const uint32_t vendor[3] = {cpuid(0, 0, EBX), cpuid(0, 0, EDX), cpuid(0, 0, ECX)};
  memcpy(core.vendor, vendor, sizeof vendor);
  const uint32_t signature = cpuid(1, 0, EAX);
  const uint32_t family = signature >> 8 & 15U, model = signature >> 4 & 15U;
  core.family = family == 15U ? family + (signature >> 20 & 255U) : family;
  core.model = (int32_t)(family == 6U || family == 15U ? model + (signature >> 12 & 240U) : model);
  return (tensorop_cpu){.features = features(), .core_kinds = 1, .cores = {core}};
}

#endif
