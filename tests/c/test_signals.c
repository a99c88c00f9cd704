/* A worker's fault reaches the program's handler; other signals reach the program's own threads only. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"
#include "matrix.h"

enum { ROWS = 64, PAGE = 65536, K = PAGE / sizeof(float), TRIES = 1000 }; /* a page on any machine is a row of A */

static float *a; /* ROWS x K, row-major */
static atomic_int faults_elsewhere;
static pid_t caller;

/* Makes the row readable that was found to be out of reach. */
static void reach(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)context;
  const size_t row = (size_t)((char *)info->si_addr - (char *)a) / PAGE;
  if (row >= ROWS || mprotect((char *)a + row * PAGE, PAGE, PROT_READ) != 0) _exit(3);
  if (syscall(SYS_gettid) != caller) faults_elsewhere++;
}

/* c = A * b for a narrow b of ones, where all of A is out of reach. */
static void check_faults(void) {
  static float b[4 * K], c[ROWS * 4];
  a = mmap(NULL, (size_t)ROWS * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < 4 * K; i++) b[i] = 1.0F;
  for (int i = 0; i < ROWS; i++) a[i * K] = (float)i;
  struct sigaction action = {.sa_sigaction = reach, .sa_flags = SA_SIGINFO}, before;
  sigaction(SIGSEGV, &action, &before);
  tensorop_set_num_threads(4);
  for (int i = 0; i < TRIES && !faults_elsewhere; i++) {
    mprotect(a, (size_t)ROWS * PAGE, PROT_NONE);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, ROWS, 4, K, 1.0F, a, K, b, 4, 0.0F, c, 4);
  }
  sigaction(SIGSEGV, &before, NULL);
  for (int i = 0; i < ROWS; i++) CHECK(c[i * 4] == (float)i, "row %d: %g", i, (double)c[i * 4]);
#ifdef TENSOROP_THREADS_PTHREAD
  CHECK(faults_elsewhere > 0, "no worker met a row out of reach in %d calls", TRIES);
#endif
  munmap(a, (size_t)ROWS * PAGE);
}

#ifdef TENSOROP_THREADS_PTHREAD
static atomic_int handled;

static void count(int signal) {
  (void)signal;
  handled++;
}

/* Blocked in the one thread of the program's own, a signal waits, whatever workers there are. */
static void check_asynchronous(void) {
  static const int signals[] = {SIGINT, SIGTERM, SIGUSR1, SIGALRM, SIGCHLD, SIGPROF};
  sigset_t set, before, pending;
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
    sigemptyset(&set);
    sigaddset(&set, signals[i]);
    sigprocmask(SIG_BLOCK, &set, &before);
    signal(signals[i], count);
    kill(getpid(), signals[i]);
    usleep(1000);
    sigpending(&pending);
    CHECK(sigismember(&pending, signals[i]) && !handled, "signal %d was handled by a worker", signals[i]);
    sigprocmask(SIG_SETMASK, &before, NULL);
    CHECK(handled == 1, "signal %d was handled %d times", signals[i], handled);
    handled = 0;
    signal(signals[i], SIG_DFL);
  }
}
#else
static void check_asynchronous(void) {} /* its threads are not the library's own */
#endif

int main(void) {
  caller = (pid_t)syscall(SYS_gettid);
  check_faults();
  check_asynchronous();
  return finish();
}
