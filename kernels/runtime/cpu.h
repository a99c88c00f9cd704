/* What dispatch knows of the CPU it runs on. Each architecture has one file that detects (cpu_<arch>.c) and one list of
 * its feature names (cpu_<arch>.h); the generated table of targets names features with TENSOROP_FEATURE(). */
#ifndef TENSOROP_CPU_H
#define TENSOROP_CPU_H

#include <stdint.h>

#if defined(__x86_64__)
#include "cpu_x86.h"
#else
#define TENSOROP_CPU_FEATURES(X)
#endif

#define TENSOROP_FEATURE_BIT(id, ...) TENSOROP_FEATURE_##id,
enum tensorop_feature { TENSOROP_CPU_FEATURES(TENSOROP_FEATURE_BIT) TENSOROP_FEATURES };
#undef TENSOROP_FEATURE_BIT

/* The bit of a feature: TENSOROP_FEATURE(AVX512F). */
#define TENSOROP_FEATURE(id) (UINT64_C(1) << TENSOROP_FEATURE_##id)

typedef struct tensorop_cpu {
  uint64_t features; /* usable: the CPU has them and the system saves their registers */
  char vendor[13];
  int32_t family; /* as displayed: extended family and model are added in */
  int32_t model;
} tensorop_cpu;

tensorop_cpu tensorop_cpu_detect(void);

#endif
