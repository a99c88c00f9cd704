#define _GNU_SOURCE
#include "faults.h"

#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <ucontext.h>
#include <unistd.h>

#include "protocol.h"

static const slots *known;

/* 1 write, 0 read, -1 where the system does not say. */
static int32_t was_write(const ucontext_t *context) {
#if defined(__x86_64__)
  return context->uc_mcontext.gregs[REG_ERR] >> 1 & 1;
#else
  (void)context;
  return -1;
#endif
}

static void on_fault(int number, siginfo_t *info, void *context) {
  answer a = {.status = FAULT, .signal = number, .slot = -1, .write = -1};
  if (number == SIGSYS) {
    a.syscall = info->si_syscall;
  } else {
    a.slot = slots_find(known, info->si_addr, &a.offset);
    if (number == SIGSEGV || number == SIGBUS) a.write = was_write(context);
  }
  const ssize_t written = write(ANSWER_FD, &a, sizeof a);
  _exit(written == (ssize_t)sizeof a ? 1 : 2);
}

void faults_install(const slots *all) {
  static char stack[1 << 16]; /* its own: the stack may be what is broken */
  static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS};
  known = all;
  const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternate, NULL);
  struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigfillset(&action.sa_mask);
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, NULL);
}

static sigjmp_buf after;

static void on_unknown(int number) { siglongjmp(after, number); }

bool faults_executes(void (*code)(void)) {
  const struct sigaction action = {.sa_handler = on_unknown};
  struct sigaction before;
  sigaction(SIGILL, &action, &before);
  volatile bool known = false;
  if (sigsetjmp(after, 1) == 0) {
    code();
    known = true;
  }
  sigaction(SIGILL, &before, NULL);
  return known;
}
