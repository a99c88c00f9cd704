/* What dispatch makes of an AArch64 system's answers, on any machine: the system is made up. */
#include <string.h>

#include "cpu_aarch64.h"

#include "check.h"
#include "judge_aarch64.h"

enum { CORES = 8 };

static uint64_t bits, midrs[CORES + 1]; /* ended by 0 */

static uint64_t hwcap(void) { return bits; }

static bool midr(int core, uint64_t *value) {
  *value = midrs[core];
  return *value != 0;
}

static tensorop_cpu judge(uint64_t hwcap_bits, const uint64_t *values, int count) {
  static const tensorop_aarch64_system system = {hwcap, midr};
  bits = hwcap_bits;
  memset(midrs, 0, sizeof midrs);
  for (int i = 0; i < count; i++) midrs[i] = values[i];
  return tensorop_aarch64_judge(&system);
}

int main(void) {
  const uint64_t big_little[CORES] = {0x412fd050, 0x412fd050, 0x412fd050, 0x412fd050,
                                      0x414fd0b0, 0x414fd0b0, 0x414fd0b1, 0x414fd0b1};
  tensorop_cpu cpu = judge(0x100003, big_little, CORES);
  CHECK(cpu.features == (TENSOROP_FEATURE(FP) | TENSOROP_FEATURE(ASIMD) | TENSOROP_FEATURE(ASIMDDP)), "features %llx",
        (unsigned long long)cpu.features);
  CHECK(cpu.core_kinds == 2, "%d kinds of core", cpu.core_kinds);
  CHECK(cpu.cores[0].family == 0xd05 && cpu.cores[1].family == 0xd0b, "parts %llx, %llx",
        (unsigned long long)cpu.cores[0].family, (unsigned long long)cpu.cores[1].family);
  CHECK(strcmp(cpu.cores[1].vendor, "0x41") == 0, "implementer %s", cpu.cores[1].vendor);

  const uint64_t many[CORES] = {0x41000010, 0x41000020, 0x41000030, 0x41000040, 0x41000050, 0x41000060};
  CHECK(judge(3, many, 6).core_kinds == TENSOROP_CORE_KINDS, "more kinds than there is room for");
  CHECK(judge(3, NULL, 0).core_kinds == 0, "a system that does not tell");
  CHECK(judge(0, NULL, 0).features == 0, "no features");
  const uint64_t other[1] = {0x61000230};
  CHECK(strcmp(judge(3, other, 1).cores[0].vendor, "0x61") == 0, "another implementer");
  return finish();
}
