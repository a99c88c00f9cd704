/* On one thread, calls after the first make no system call: the child of a fork forbids itself all but to write. */
#define _GNU_SOURCE
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "matrix.h"

enum { SHAPES = 4 };
static const int64_t shapes[SHAPES][3] = {{8, 8, 8}, {130, 120, 110}, {900, 3, 500}, {300, 301, 302}}; /* m, n, k */
static product products[SHAPES];

static void call_all(void) {
  for (int s = 0; s < SHAPES; s++) product_call(&products[s], &products[s].c);
}

/* Says so through the pipe when all calls are done, and waits for its end; a system call ends it earlier. */
static void child(int pipe_end) {
  call_all();
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) _exit(1);
  call_all();
  for (char done = '!'; write(pipe_end, &done, 1) == 1;) continue;
}

int main(void) {
  uint64_t seed = 17;
  for (int s = 0; s < SHAPES; s++) {
    products[s] = product_make(CblasRowMajor, CblasNoTrans, CblasTrans, shapes[s][0], shapes[s][1], shapes[s][2], 1.0F,
                               0.0F, 0, UNIFORM, &seed);
  }
  tensorop_set_num_threads(1);
  int ends[2];
  CHECK(pipe(ends) == 0, "no pipe");
  const pid_t pid = fork();
  if (pid == 0) child(ends[1]);
  close(ends[1]);
  struct pollfd from_child = {ends[0], POLLIN, 0};
  char done = 0;
  CHECK(pid > 0 && poll(&from_child, 1, 60000) == 1 && read(ends[0], &done, 1) == 1, "the child made a system call");
  if (pid > 0) {
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
  }
  for (int s = 0; s < SHAPES; s++) product_free(&products[s]);
  return finish();
}
