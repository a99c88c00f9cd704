/* Prints what dispatch found and chose. */
#include <stdio.h>

#include "cpu.h"
#include "tensorop/tensorop.h"

int main(void) {
  const tensorop_cpu cpu = tensorop_cpu_detect();
  printf("features");
#define PRINT(id, name, ...) \
  if (cpu.features & TENSOROP_FEATURE(id)) printf(" %s", name);
  TENSOROP_CPU_FEATURES(PRINT)
#undef PRINT
  for (int i = 0; i < cpu.core_kinds; i++)
    printf("\ncore %s %#llx", cpu.cores[i].vendor, (unsigned long long)cpu.cores[i].family);
  printf("\nchosen %s\n", tensorop_target_name());
  return 0;
}
