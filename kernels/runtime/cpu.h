/* What dispatch knows of the CPU it runs on. Each architecture has one list of its feature names (cpu_<arch>.h), one
 * file that asks the system (cpu_<arch>.c) and, where the answers need judging, one that judges them (judge_<arch>.h:
 * pure, so that tests of any machine can feed it). The generated table of targets names features with
 * TENSOROP_FEATURE(). */
#ifndef TENSOROP_CPU_H
#define TENSOROP_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(TENSOROP_CPU_FEATURES)
/* A test chose the list. */
#elif defined(__x86_64__)
#include "cpu_x86.h"
#elif defined(__aarch64__)
#include "cpu_aarch64.h"
#elif defined(__riscv)
#include "cpu_riscv64.h"
#else
#define TENSOROP_CPU_FEATURES(X)
#endif

#define TENSOROP_FEATURE_BIT(id, ...) TENSOROP_FEATURE_##id,
enum tensorop_feature { TENSOROP_CPU_FEATURES(TENSOROP_FEATURE_BIT) TENSOROP_FEATURES };
#undef TENSOROP_FEATURE_BIT

/* The bit of a feature: TENSOROP_FEATURE(AVX512F). */
#define TENSOROP_FEATURE(id) (UINT64_C(1) << TENSOROP_FEATURE_##id)

enum { TENSOROP_CORE_KINDS = 4, TENSOROP_COMPATIBLE_SIZE = 512 };

/* One kind of core. vendor: x86 the text of CPUID; Arm the implementer, RISC-V mvendorid, both as "0x..".
 * family: x86 family as displayed (extended family added in), Arm part number, RISC-V marchid. model: x86 only. */
typedef struct tensorop_core {
  char vendor[20];
  uint64_t family;
  int32_t model;
} tensorop_core;

typedef struct tensorop_cpu {
  uint64_t features; /* usable: the CPU has them and the system saves their registers */
  int core_kinds; /* some chips have several */
  tensorop_core cores[TENSOROP_CORE_KINDS];
  /* What the device tree calls core and board: strings one after the other, an empty one last. */
  char compatible[TENSOROP_COMPATIBLE_SIZE];
} tensorop_cpu;

tensorop_cpu tensorop_cpu_detect(void);

#endif
