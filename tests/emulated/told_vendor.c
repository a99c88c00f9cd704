/* Linked with --wrap=tensorop_cpu_detect: the CPU as it is, said to be of the vendor TOLD_VENDOR. QEMU tells none. */
#include <stdio.h>
#include <stdlib.h>

#include "cpu.h"

tensorop_cpu __real_tensorop_cpu_detect(void);
tensorop_cpu __wrap_tensorop_cpu_detect(void);

tensorop_cpu __wrap_tensorop_cpu_detect(void) {
  tensorop_cpu cpu = __real_tensorop_cpu_detect();
  const char *const vendor = getenv("TOLD_VENDOR");
  if (!vendor) abort();
  snprintf(cpu.cores->vendor, sizeof cpu.cores->vendor, "%s", vendor);
  cpu.core_kinds = 1;
  return cpu;
}
