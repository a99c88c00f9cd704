/* AArch64 features: identifier, name as in /proc/cpuinfo, bit of AT_HWCAP. */
#ifndef TENSOROP_CPU_AARCH64_H
#define TENSOROP_CPU_AARCH64_H

#define TENSOROP_CPU_FEATURES(X) \
  X(FP, "fp", 0)                 \
  X(ASIMD, "asimd", 1)           \
  X(FPHP, "fphp", 9)             \
  X(ASIMDHP, "asimdhp", 10)      \
  X(ASIMDDP, "asimddp", 20)      \
  X(SVE, "sve", 22)

#endif
