/* RISC-V: what the system's answers mean. Asked in this order, and no vector instruction before the system has said
 * that there are some: riscv_hwprobe, then AT_HWCAP (old kernels of vendors report their 0.7.1 as V), then vsetvli
 * itself, which tells the two versions apart. */
#ifndef TENSOROP_JUDGE_RISCV64_H
#define TENSOROP_JUDGE_RISCV64_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu.h"

/* Keys of riscv_hwprobe, and their bits. */
enum {
  TENSOROP_PROBE_MVENDORID = 0,
  TENSOROP_PROBE_MARCHID = 1,
  TENSOROP_PROBE_IMA_EXT_0 = 4,
  TENSOROP_PROBE_IMA_V = 1 << 2,
  TENSOROP_PROBE_IMA_ZVFH = 1 << 30,
  TENSOROP_PROBE_VENDOR_EXT_THEAD_0 = 11,
  TENSOROP_PROBE_THEAD_VECTOR = 1 << 0,
};

/* hwprobe: false if the kernel knows neither call nor key.
 * vectors_allowed: the process may use them (prctl). vectors_execute: they do, found by trying.
 * vsetvli_1_0: bytes of a register by the instruction of version 1.0; 0 where the CPU turns it down, as 0.7.1 does;
 * vsetvli_0_7: the same by that of 0.7.1.
 * read: a file's beginning, ended by a zero byte; its size, 0 if there is none. */
typedef struct tensorop_riscv64_system {
  bool (*hwprobe)(int64_t key, uint64_t *value);
  uint64_t (*hwcap)(void);
  bool (*vectors_allowed)(void);
  bool (*vectors_execute)(void);
  uint64_t (*vsetvli_1_0)(void);
  uint64_t (*vsetvli_0_7)(void);
  size_t (*read)(const char *path, char *text, size_t size);
} tensorop_riscv64_system;

#define TENSOROP_HWCAP_LETTER(letter) (UINT64_C(1) << ((letter) - 'A'))

/* Some version of the vector extension is there and may be used. */
static inline bool tensorop_riscv64_has_vectors(const tensorop_riscv64_system *system) {
  uint64_t bits = 0;
  if (!system->vectors_allowed()) return false;
  if (system->hwprobe(TENSOROP_PROBE_IMA_EXT_0, &bits) && bits & TENSOROP_PROBE_IMA_V) return true;
  if (system->hwprobe(TENSOROP_PROBE_VENDOR_EXT_THEAD_0, &bits) && bits & TENSOROP_PROBE_THEAD_VECTOR) return true;
  const uint64_t hwcap = system->hwcap();
  /* Not even the base instructions: a system that reports nothing at all. */
  if (!(hwcap & TENSOROP_HWCAP_LETTER('I'))) return system->vectors_execute();
  return hwcap & TENSOROP_HWCAP_LETTER('V');
}

static inline uint64_t tensorop_riscv64_vectors(const tensorop_riscv64_system *system) {
  if (!tensorop_riscv64_has_vectors(system)) return 0;
  uint64_t bytes = system->vsetvli_1_0(), probed = 0, found = TENSOROP_FEATURE(V);
  if (!bytes) {
    bytes = system->vsetvli_0_7();
    found = TENSOROP_FEATURE(XTHEADVECTOR);
  } else if (system->hwprobe(TENSOROP_PROBE_IMA_EXT_0, &probed) && probed & TENSOROP_PROBE_IMA_ZVFH) {
    found |= TENSOROP_FEATURE(ZVFH);
  }
  if (bytes >= 128 / 8) found |= TENSOROP_FEATURE(ZVL128B);
  if (bytes >= 256 / 8) found |= TENSOROP_FEATURE(ZVL256B);
  if (bytes >= 512 / 8) found |= TENSOROP_FEATURE(ZVL512B);
  if (bytes >= 1024 / 8) found |= TENSOROP_FEATURE(ZVL1024B);
  return found;
}

/* The number behind "key : " in /proc/cpuinfo. */
static inline bool tensorop_riscv64_cpuinfo(const char *info, const char *key, uint64_t *value) {
  const char *const line = strstr(info, key), *const colon = line ? strchr(line, ':') : NULL;
  if (colon) *value = strtoull(colon + 1, NULL, 0);
  return colon != NULL;
}

static inline void tensorop_riscv64_identify(const tensorop_riscv64_system *system, tensorop_cpu *cpu) {
  char info[2048];
  uint64_t vendor = 0;
  tensorop_core *const core = cpu->cores;
  if (!system->read("/proc/cpuinfo", info, sizeof info)) info[0] = '\0';
  if (system->hwprobe(TENSOROP_PROBE_MVENDORID, &vendor) || tensorop_riscv64_cpuinfo(info, "mvendorid", &vendor)) {
    snprintf(core->vendor, sizeof core->vendor, "0x%llx", (unsigned long long)vendor);
    if (!system->hwprobe(TENSOROP_PROBE_MARCHID, &core->family))
      tensorop_riscv64_cpuinfo(info, "marchid", &core->family);
    cpu->core_kinds = 1;
  }
  /* Both files are lists already: strings, each with its zero byte. Room for the empty one is left. */
  const char *const files[] = {"/proc/device-tree/cpus/cpu@0/compatible", "/proc/device-tree/compatible"};
  size_t used = 0;
  for (size_t i = 0; i < sizeof files / sizeof *files && used + 2 < sizeof cpu->compatible; i++)
    used += system->read(files[i], cpu->compatible + used, sizeof cpu->compatible - used - 1);
}

static inline tensorop_cpu tensorop_riscv64_judge(const tensorop_riscv64_system *system) {
  tensorop_cpu cpu = {.features = tensorop_riscv64_vectors(system)};
  tensorop_riscv64_identify(system, &cpu);
  return cpu;
}

#endif
