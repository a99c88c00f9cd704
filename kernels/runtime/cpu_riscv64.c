/* RISC-V under Linux: what judge_riscv64.h asks for. */
#define _GNU_SOURCE
#include "cpu.h"

#if defined(__riscv)
#include <setjmp.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "judge_riscv64.h"

/* Newer than the headers of the systems this is compiled on. */
enum { SYSCALL_HWPROBE = 258, PRCTL_VECTOR_GET = 70, PRCTL_VECTOR_OFF = 1 };

static bool hwprobe(int64_t key, uint64_t *value) {
  struct {
    int64_t key;
    uint64_t value;
  } pair = {key, 0};
  if (syscall(SYSCALL_HWPROBE, &pair, 1, 0, NULL, 0) != 0 || pair.key != key) return false;
  *value = pair.value;
  return true;
}

static uint64_t hwcap(void) { return getauxval(AT_HWCAP); }

/* Kernels that have no such call allow what they report. */
static bool vectors_allowed(void) {
  const int state = prctl(PRCTL_VECTOR_GET, 0, 0, 0, 0);
  return state < 0 || (state & 3) != PRCTL_VECTOR_OFF;
}

/* As words, for assemblers of any age. vtype tells whether the form was taken: its highest bit (vill) is clear. */
static uint64_t vsetvli_1_0(void) {
  uint64_t bytes, type;
  __asm__ volatile(
      ".word 0x0c0072d7\n\t" /* vsetvli t0, x0, e8, m1, ta, ma: 0.7.1 has no such bits */
      "mv %0, t0\n\t"
      "csrr %1, 0xc21" /* vtype */
      : "=&r"(bytes), "=&r"(type)
      :
      : "t0");
  return type >> 63 ? 0 : bytes;
}

static uint64_t vsetvli_0_7(void) {
  uint64_t bytes;
  __asm__ volatile(
      ".word 0x000072d7\n\t" /* vsetvli t0, x0, e8, m1 */
      "mv %0, t0"
      : "=r"(bytes)
      :
      : "t0");
  return bytes;
}

static sigjmp_buf after;

static void on_unknown(int number) { siglongjmp(after, number); }

static bool vectors_execute(void) {
  const struct sigaction action = {.sa_handler = on_unknown};
  struct sigaction before;
  volatile bool known = false;
  if (sigaction(SIGILL, &action, &before) != 0) return false;
  if (sigsetjmp(after, 1) == 0) known = vsetvli_0_7() > 0;
  sigaction(SIGILL, &before, NULL);
  return known;
}

static size_t read_file(const char *path, char *text, size_t size) {
  FILE *const file = fopen(path, "re");
  if (!file) return 0;
  const size_t got = fread(text, 1, size - 1, file);
  fclose(file);
  text[got] = '\0';
  return got;
}

tensorop_cpu tensorop_cpu_detect(void) {
  static const tensorop_riscv64_system linux_system = {hwprobe,     hwcap,       vectors_allowed, vectors_execute,
                                                       vsetvli_1_0, vsetvli_0_7, read_file};
  return tensorop_riscv64_judge(&linux_system);
}

#endif
