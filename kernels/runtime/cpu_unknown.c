/* Architectures without a detection file of their own: no features, so that the portable instance runs. */
#if !defined(__x86_64__)

#include "cpu.h"

tensorop_cpu tensorop_cpu_detect(void) { return (tensorop_cpu){.vendor = ""}; }

#endif
