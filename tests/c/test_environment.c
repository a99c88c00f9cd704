/* TENSOROP_CORETYPE, TENSOROP_VERBOSE and the thread variables: each is read in a process of its own. The arguments are
 * the words that start this program again: an emulator's, if there is one, and its path. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "tensorop/tensorop.h"

static int child(void) {
  static float a[300 * 300], b[300 * 300], c[300 * 300];
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, 3, 4, 5, 1.0F, a, 5, b, 5, 0.0F, c, 4);
  if (getenv("TENSOROP_VERBOSE"))
    cblas_sgemm(CblasColMajor, CblasTrans, CblasNoTrans, 300, 300, 300, 1.0F, a, 300, b, 300, 0.0F, c, 300);
  printf("target %s threads %d\n", tensorop_target_name(), tensorop_get_num_threads());
  return 0;
}

static const char is_child[] = "TENSOROP_TEST_CHILD";
static char output[4096];
static char **again;

/* Standard output and error of this program run as a child under one setting. */
static const char *run(const char *name, const char *value) {
  FILE *const file = tmpfile();
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(fileno(file), 1);
    dup2(fileno(file), 2);
    setenv(name, value, 1);
    setenv(is_child, "1", 1);
    execv(*again, again);
    _exit(127);
  }
  int status = -1;
  waitpid(pid, &status, 0);
  CHECK(status == 0, "child with %s=%s: status %d", name, value, status);
  rewind(file);
  output[fread(output, 1, sizeof output - 1, file)] = '\0';
  fclose(file);
  return output;
}

static void check(const char *name, const char *value, const char *expected, bool there) {
  const char *const text = run(name, value);
  CHECK((strstr(text, expected) != NULL) == there, "%s=%s: '%s' %s in: %s", name, value, expected, there ? "not" : "is",
        text);
}

int main(int count, char **arguments) {
  if (getenv(is_child)) return child();
  if (count < 2) return 2;
  again = arguments + 1;
  unsetenv("TENSOROP_CORETYPE"), unsetenv("TENSOROP_VERBOSE"), unsetenv("TENSOROP_NUM_THREADS");
  unsetenv("OMP_NUM_THREADS");
  char automatic[200];
  snprintf(automatic, sizeof automatic, "using %s. There is:", tensorop_target_name());
  check("TENSOROP_CORETYPE", "GENERIC", "target generic", true);
  check("TENSOROP_CORETYPE", "generic", "tensorop:", false);
  check("TENSOROP_CORETYPE", "", "tensorop:", false);
  check("TENSOROP_CORETYPE", "no-such-cpu", automatic, true);
  check("TENSOROP_CORETYPE", "no-such-cpu", " generic\n", true);
  check("TENSOROP_VERBOSE", "1", "sgemm row NT 3x5x4 alpha 1 beta 0 path ", true);
  check("TENSOROP_VERBOSE", "1", "threads 1 ", true);
  setenv("TENSOROP_NUM_THREADS", "2", 1);
  check("TENSOROP_VERBOSE", "1", "sgemm col TN 300x300x300 ", true);
#ifndef TENSOROP_THREADS_NONE
  check("TENSOROP_VERBOSE", "1", "threads 2 ", true);
#endif
  unsetenv("TENSOROP_NUM_THREADS");
  check("TENSOROP_VERBOSE", "0", "tensorop:", false);
  check("TENSOROP_NUM_THREADS", "3", "threads 3\n", true);
  check("OMP_NUM_THREADS", "5,2", "threads 5\n", true);
  setenv("OMP_NUM_THREADS", "5", 1);
  check("TENSOROP_NUM_THREADS", "2", "threads 2\n", true);
  static const char *const refused[] = {"many", "", "0", "-3"};
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
    check("TENSOROP_NUM_THREADS", refused[i], "threads 5\n", true);
  static const char *const large[] = {"513", "99999999999999999999"};
  for (size_t i = 0; i < sizeof large / sizeof *large; i++)
    check("TENSOROP_NUM_THREADS", large[i], "threads 512\n", true);
  return finish();
}
