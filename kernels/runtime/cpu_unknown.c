/* Architectures without a detection file of their own: no features, so that the portable instance runs. */
#include "cpu.h"

#if !defined(__x86_64__) && !defined(__aarch64__) && !defined(__riscv)

tensorop_cpu tensorop_cpu_detect(void) { return (tensorop_cpu){0}; }

#endif
