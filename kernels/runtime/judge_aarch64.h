/* AArch64: what the system's answers mean. */
#ifndef TENSOROP_JUDGE_AARCH64_H
#define TENSOROP_JUDGE_AARCH64_H

#include <stdio.h>
#include <string.h>

#include "cpu.h"

/* midr: MIDR_EL1 of a core, by its number; false past the last one, or if the system does not tell. */
typedef struct tensorop_aarch64_system {
  uint64_t (*hwcap)(void);
  bool (*midr)(int core, uint64_t *value);
} tensorop_aarch64_system;

static inline bool tensorop_aarch64_known(const tensorop_cpu *cpu, const tensorop_core *core) {
  for (int i = 0; i < cpu->core_kinds; i++) {
    if (cpu->cores[i].family == core->family && !strcmp(cpu->cores[i].vendor, core->vendor)) return true;
  }
  return false;
}

static inline tensorop_cpu tensorop_aarch64_judge(const tensorop_aarch64_system *system) {
  tensorop_cpu cpu = {0};
  const uint64_t hwcap = system->hwcap();
#define DETECT(id, name, bit) \
  if (hwcap >> (bit) & 1U) cpu.features |= TENSOROP_FEATURE(id);
  TENSOROP_CPU_FEATURES(DETECT)
#undef DETECT
  uint64_t midr = 0;
  for (int i = 0; cpu.core_kinds < TENSOROP_CORE_KINDS && system->midr(i, &midr); i++) {
    tensorop_core core = {.family = midr >> 4 & 0xfffU};
    snprintf(core.vendor, sizeof core.vendor, "0x%02x", (unsigned)(midr >> 24 & 0xffU));
    if (!tensorop_aarch64_known(&cpu, &core)) cpu.cores[cpu.core_kinds++] = core;
  }
  return cpu;
}

#endif
