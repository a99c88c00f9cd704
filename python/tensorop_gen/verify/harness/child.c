#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void child_end(child *c) {
  if (c->pid <= 0) return;
  kill(c->pid, SIGKILL);
  waitpid(c->pid, &c->ended, 0);
  close(c->commands);
  close(c->answers);
  c->pid = 0;
}

/* After its pipe has closed: lets it end by itself, so that `ended` says why. */
static outcome gone(child *c) {
  for (int i = 0; i < 100; i++) {
    if (waitpid(c->pid, &c->ended, WNOHANG) == c->pid) {
      close(c->commands);
      close(c->answers);
      c->pid = 0;
      return GONE;
    }
    usleep(1000);
  }
  child_end(c);
  return GONE;
}

static outcome receive(child *c, void *data, size_t size) {
  const int64_t deadline = now_ms() + c->timeout_ms;
  for (size_t done = 0; done < size;) {
    struct pollfd ready = {.fd = c->answers, .events = POLLIN};
    const int64_t left = deadline - now_ms();
    const int n = poll(&ready, 1, left > 0 ? (int)left : 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      child_end(c);
      return TIMED_OUT;
    }
    const ssize_t got = read(c->answers, (char *)data + done, size - done);
    if (got <= 0) return gone(c);
    done += (size_t)got;
  }
  return ANSWERED;
}

static void become(char **argv, int commands, int answers, int arena) {
  /* Out of the way first, so that none is overwritten before it is moved to its place. */
  const int c = fcntl(commands, F_DUPFD_CLOEXEC, 10), a = fcntl(answers, F_DUPFD_CLOEXEC, 10);
  const int m = fcntl(arena, F_DUPFD_CLOEXEC, 10);
  dup2(c, COMMAND_FD);
  dup2(a, ANSWER_FD);
  dup2(m, ARENA_FD);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
  execvp(argv[0], argv);
  perror(argv[0]);
  _exit(127);
}

outcome child_start(child *c, char **argv, int arena, int timeout_ms, hello *h) {
  int down[2], up[2];
  if (pipe2(down, O_CLOEXEC) != 0 || pipe2(up, O_CLOEXEC) != 0) {
    perror("pipe");
    exit(2);
  }
  const pid_t pid = fork();
  if (pid == 0) become(argv, down[0], up[1], arena);
  close(down[0]);
  close(up[1]);
  *c = (child){.pid = pid, .commands = down[1], .answers = up[0], .timeout_ms = timeout_ms};
  return receive(c, h, sizeof *h);
}

outcome child_ask(child *c, const command *request, answer *reply) {
  if (c->pid <= 0) return GONE;
  const ssize_t sent = write(c->commands, request, sizeof *request); /* less than a pipe's atomic size */
  if (sent != (ssize_t)sizeof *request) return gone(c);
  return receive(c, reply, sizeof *reply);
}
