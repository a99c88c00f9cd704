#include "sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "protocol.h"

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv)
#define THIS_ARCH AUDIT_ARCH_RISCV64
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define UNLESS(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (skip))
#define IF(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (skip), 0)
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, (action))

bool sandbox_enter(void) {
  /* Skips count the lines in between. The low half of an argument is enough: a descriptor is an int. */
  static struct sock_filter filter[] = {
      LOAD(arch),
      IF(THIS_ARCH, 1),
      RETURN(SECCOMP_RET_KILL_PROCESS),
      LOAD(nr),
      IF(SYS_exit_group, 9),
      IF(SYS_exit, 8),
      IF(SYS_rt_sigreturn, 7),
      UNLESS(SYS_read, 2),
      LOAD(args[0]),
      IF(COMMAND_FD, 4),
      UNLESS(SYS_write, 2),
      LOAD(args[0]),
      IF(ANSWER_FD, 1),
      RETURN(SECCOMP_RET_TRAP),
      RETURN(SECCOMP_RET_ALLOW),
  };
  static const struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}
