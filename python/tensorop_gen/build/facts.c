/* Prints what the library's own detection finds: a line of features, one for each kind of core, and the device tree's
 * names of core and board. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cpu.h"

int main(void) {
  const tensorop_cpu cpu = tensorop_cpu_detect();
  printf("features");
#define PRINT(id, name, ...) \
  if (cpu.features & TENSOROP_FEATURE(id)) printf(" %s", name);
  TENSOROP_CPU_FEATURES(PRINT)
#undef PRINT
  for (int i = 0; i < cpu.core_kinds; i++)
    printf("\ncore %s %" PRIu64 " %d", cpu.cores[i].vendor, cpu.cores[i].family, (int)cpu.cores[i].model);
  printf("\ncompatible");
  for (const char *name = cpu.compatible; *name; name += strlen(name) + 1) printf(" %s", name);
  printf("\n");
  return 0;
}
