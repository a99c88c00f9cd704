/* What dispatch makes of a RISC-V system's answers, on any machine: the system is made up. */
#include <string.h>

#include "cpu_riscv64.h"

#include "check.h"
#include "judge_riscv64.h"

#define UNKNOWN UINT64_MAX
#define HWCAP_V TENSOROP_HWCAP_LETTER('V')
#define BASE (TENSOROP_HWCAP_LETTER('I') | TENSOROP_HWCAP_LETTER('M') | TENSOROP_HWCAP_LETTER('D'))

/* Keys of hwprobe: UNKNOWN where the kernel lacks it. bytes: of a vector register, in the dialect that the CPU speaks.
 * tree, tree_size: the core's line of the device tree. */
typedef struct made_up {
  uint64_t vendor, arch, ext, thead, hwcap;
  bool old_dialect, forbidden;
  uint64_t bytes;
  const char *cpuinfo, *tree;
  size_t tree_size;
} made_up;

static made_up now;
static bool tried, executed;

static bool hwprobe(int64_t key, uint64_t *value) {
  const uint64_t answer = key == TENSOROP_PROBE_MVENDORID            ? now.vendor
                          : key == TENSOROP_PROBE_MARCHID            ? now.arch
                          : key == TENSOROP_PROBE_IMA_EXT_0          ? now.ext
                          : key == TENSOROP_PROBE_VENDOR_EXT_THEAD_0 ? now.thead
                                                                     : UNKNOWN;
  if (answer != UNKNOWN) *value = answer;
  return answer != UNKNOWN;
}

static uint64_t hwcap(void) { return now.hwcap; }

static bool vectors_allowed(void) { return !now.forbidden; }

static bool vectors_execute(void) {
  tried = true;
  return now.bytes > 0;
}

static uint64_t vsetvli_1_0(void) {
  executed = true;
  return now.old_dialect ? 0 : now.bytes;
}

static uint64_t vsetvli_0_7(void) {
  executed = true;
  return now.bytes;
}

static size_t read_file(const char *path, char *text, size_t size) {
  const bool info = strcmp(path, "/proc/cpuinfo") == 0, core = strstr(path, "cpu@0") != NULL;
  const char *const content = info ? now.cpuinfo : core ? now.tree : NULL;
  if (!content) return 0;
  size_t length = info ? strlen(content) : now.tree_size;
  if (length > size - 1) length = size - 1;
  memcpy(text, content, length);
  text[length] = '\0';
  return length;
}

static tensorop_cpu judge(made_up system) {
  static const tensorop_riscv64_system calls = {hwprobe,     hwcap,       vectors_allowed, vectors_execute,
                                                vsetvli_1_0, vsetvli_0_7, read_file};
  now = system;
  tried = executed = false;
  return tensorop_riscv64_judge(&calls);
}

/* A kernel without hwprobe. */
static made_up old_kernel(uint64_t hwcap_bits) {
  return (made_up){.vendor = UNKNOWN, .arch = UNKNOWN, .ext = UNKNOWN, .thead = UNKNOWN, .hwcap = hwcap_bits};
}

static void check_features(made_up system, uint64_t expected, const char *what) {
  const uint64_t found = judge(system).features;
  CHECK(found == expected, "%s: features %llx, not %llx", what, (unsigned long long)found,
        (unsigned long long)expected);
}

#define F(id) (UINT64_C(1) << TENSOROP_FEATURE_##id)
#define ZVL256 (F(ZVL128B) | F(ZVL256B))

static void check_mainline(void) {
  made_up system = {.vendor = 0x710, .arch = 0x8000000058000001, .ext = 5 | TENSOROP_PROBE_IMA_ZVFH, .bytes = 32};
  system.thead = UNKNOWN;
  check_features(system, F(V) | F(ZVFH) | ZVL256, "hwprobe with V");
  const tensorop_cpu cpu = judge(system);
  CHECK(cpu.core_kinds == 1 && strcmp(cpu.cores[0].vendor, "0x710") == 0, "vendor %s", cpu.cores[0].vendor);
  CHECK(cpu.cores[0].family == 0x8000000058000001, "marchid %llx", (unsigned long long)cpu.cores[0].family);
  system.bytes = 128;
  check_features(system, F(V) | F(ZVFH) | ZVL256 | F(ZVL512B) | F(ZVL1024B), "VLEN 1024");
  system.forbidden = true;
  check_features(system, 0, "vectors forbidden to the process");
  CHECK(!executed, "a vector instruction where they are forbidden");
  system = (made_up){.ext = 1, .thead = UNKNOWN, .hwcap = BASE, .bytes = 32};
  check_features(system, 0, "hwprobe without V");
  CHECK(!executed, "a vector instruction on a core without");
}

static void check_old_dialect(void) {
  made_up system = {.vendor = 0x5b7, .ext = 1, .thead = TENSOROP_PROBE_THEAD_VECTOR, .hwcap = BASE};
  system.old_dialect = true;
  system.bytes = 16;
  check_features(system, F(XTHEADVECTOR) | F(ZVL128B), "the vendor key of a mainline kernel");
  system = old_kernel(BASE | HWCAP_V);
  system.old_dialect = true;
  system.bytes = 16;
  check_features(system, F(XTHEADVECTOR) | F(ZVL128B), "a vendor kernel that reports 0.7.1 as V");
  system.ext = TENSOROP_PROBE_IMA_V | TENSOROP_PROBE_IMA_ZVFH;
  check_features(system, F(XTHEADVECTOR) | F(ZVL128B), "hwprobe of a vendor kernel that says V for 0.7.1");
}

static void check_old_kernels(void) {
  made_up system = old_kernel(BASE | HWCAP_V);
  system.bytes = 16;
  check_features(system, F(V) | F(ZVL128B), "hwcap with V");
  CHECK(!tried, "tried although hwcap answered");
  system.hwcap = BASE;
  check_features(system, 0, "hwcap without V");
  CHECK(!tried && !executed, "tried although hwcap answered");
  system.hwcap = 0;
  check_features(system, F(V) | F(ZVL128B), "nothing reported, vectors there");
  CHECK(tried, "not tried");
  system.bytes = 0;
  check_features(system, 0, "nothing reported, no vectors");
  CHECK(!executed, "a vector instruction on a core without");
}

static void check_identity(void) {
  static const char tree[] = "vendor,core\0riscv";
  made_up system = old_kernel(BASE);
  system.cpuinfo = "processor\t: 0\nmvendorid\t: 0x5b7\nmarchid\t\t: 0x8d143000\nmimpid\t: 0x0\n";
  system.tree = tree;
  system.tree_size = sizeof tree;
  tensorop_cpu cpu = judge(system);
  CHECK(strcmp(cpu.cores[0].vendor, "0x5b7") == 0, "mvendorid of cpuinfo: %s", cpu.cores[0].vendor);
  CHECK(cpu.cores[0].family == 0x8d143000, "marchid of cpuinfo: %llx", (unsigned long long)cpu.cores[0].family);
  CHECK(memcmp(cpu.compatible, "vendor,core\0riscv\0", sizeof tree + 1) == 0, "compatible %s", cpu.compatible);
  system.cpuinfo = system.tree = NULL;
  cpu = judge(system);
  CHECK(cpu.core_kinds == 0 && !*cpu.compatible, "a system that tells nothing");
  static char endless[2 * TENSOROP_COMPATIBLE_SIZE];
  memset(endless, 'x', sizeof endless);
  system.tree = endless;
  system.tree_size = sizeof endless;
  cpu = judge(system);
  CHECK(strlen(cpu.compatible) + 2 == sizeof cpu.compatible && !cpu.compatible[sizeof cpu.compatible - 1],
        "a list that does not fit is ended twice: %zu", strlen(cpu.compatible));
}

int main(void) {
  check_mainline();
  check_old_dialect();
  check_old_kernels();
  check_identity();
  return finish();
}
