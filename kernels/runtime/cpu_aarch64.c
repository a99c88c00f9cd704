/* AArch64 under Linux: AT_HWCAP says what may be used, MIDR_EL1 which cores these are. */
#include "cpu.h"

#if defined(__aarch64__)
#include <stdlib.h>
#include <sys/auxv.h>

#include "judge_aarch64.h"

enum { HWCAP_READS_MIDR = 1 << 11 }; /* the kernel answers for the register */

static uint64_t hwcap(void) { return getauxval(AT_HWCAP); }

/* From sysfs every core's; else, by the register, that of the core this runs on. */
static bool midr(int core, uint64_t *value) {
  char path[80], text[32] = "";
  snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/regs/identification/midr_el1", core);
  FILE *const file = fopen(path, "re");
  if (file) {
    const bool got = fgets(text, sizeof text, file) != NULL;
    fclose(file);
    *value = strtoull(text, NULL, 16);
    return got;
  }
  if (core > 0 || !(hwcap() & HWCAP_READS_MIDR)) return false;
  __asm__("mrs %0, midr_el1" : "=r"(*value));
  return true;
}

tensorop_cpu tensorop_cpu_detect(void) {
  static const tensorop_aarch64_system linux_system = {hwcap, midr};
  return tensorop_aarch64_judge(&linux_system);
}

#endif
