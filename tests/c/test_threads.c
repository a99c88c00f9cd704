/* Results are bit-identical for any number of threads, from several threads at once, on both sides of a fork, even one
 * amid calls, and while the program exits. */
#define _GNU_SOURCE
#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "matrix.h"

enum { CALLERS = 8, ROUNDS = 10, FORKS = 5, SHAPES = 7 };

static const int64_t shapes[SHAPES][3] = {
    /* m, n, k */
    {130, 120, 110}, {257, 129, 65}, {16, 900, 70}, {900, 3, 500}, {64, 64, 64}, {300, 301, 302}, {1, 900, 500}};

/* Read by a thread sanitizer, which by default refuses threads in the child of a fork. */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void) { return "die_after_fork=0"; }

static product products[SHAPES];
static matrix results[SHAPES]; /* of one thread */

static void prepare(void) {
  uint64_t seed = 5;
  tensorop_set_num_threads(1);
  for (int s = 0; s < SHAPES; s++) {
    products[s] = product_make(s % 2 ? CblasRowMajor : CblasColMajor, s & 1 ? CblasTrans : CblasNoTrans,
                               s & 2 ? CblasTrans : CblasNoTrans, shapes[s][0], shapes[s][1], shapes[s][2], 0.7F, 1.3F,
                               s % 3, UNIFORM, &seed);
    results[s] = matrix_copy(&products[s].c);
    product_call(&products[s], &results[s]);
    const double ratio = product_ratio(&products[s], &results[s]);
    CHECK(ratio <= ratio_limit(products[s].k), "shape %d on one thread: ratio %g", s, ratio);
  }
}

static bool same(int s) {
  matrix c = matrix_copy(&products[s].c);
  product_call(&products[s], &c);
  const bool equal = matrix_same_bits(&c, &results[s]);
  matrix_free(&c);
  return equal;
}

static void check_all(const char *where) {
  for (int s = 0; s < SHAPES; s++) CHECK(same(s), "%s: shape %d, %d threads", where, s, tensorop_get_num_threads());
}

static void check_counts(void) {
  for (int threads = 1; threads <= 4; threads++) {
    tensorop_set_num_threads(threads);
    CHECK(tensorop_get_num_threads() == threads, "%d threads set, %d got", threads, tensorop_get_num_threads());
    check_all("by count");
  }
  tensorop_set_num_threads(1000000);
  CHECK(tensorop_get_num_threads() >= 4 && tensorop_get_num_threads() <= 1000000, "%d threads",
        tensorop_get_num_threads());
  tensorop_set_num_threads(-1);
  CHECK(tensorop_get_num_threads() >= 1, "%d threads by default", tensorop_get_num_threads());
}

static void *caller(void *argument) {
  for (int round = 0; round < ROUNDS; round++) {
    const int s = (round + *(const int *)argument) % SHAPES;
    CHECK(same(s), "caller %d, round %d", *(const int *)argument, round);
  }
  return NULL;
}

static void check_callers(void) {
  pthread_t threads[CALLERS];
  int numbers[CALLERS];
  tensorop_set_num_threads(3);
  for (int i = 0; i < CALLERS; i++) {
    numbers[i] = i;
    CHECK(pthread_create(&threads[i], NULL, caller, &numbers[i]) == 0, "thread %d", i);
  }
  for (int i = 0; i < CALLERS; i++) pthread_join(threads[i], NULL);
}

/* Whether this process has so many threads, which only the library's own pool promises. */
static bool has_threads(int count) {
#ifdef TENSOROP_THREADS_PTHREAD
  DIR *const tasks = opendir("/proc/self/task");
  count += 2; /* . and .. */
  while (tasks && count > 0 && readdir(tasks)) count--;
  if (tasks) closedir(tasks);
  return count == 0;
#else
  return count > 0;
#endif
}

/* In a child: 0 if all is right with that many threads, and in a child of its own as well. */
static int in_child(int threads, int depth) {
  tensorop_set_num_threads(threads);
  for (int s = 0; s < SHAPES; s++) {
    if (!same(s)) return 1;
  }
  if (!has_threads(threads)) return 2;
  if (depth == 0) return 0;
  const pid_t child = fork();
  if (child == 0) _exit(in_child(threads, depth - 1));
  int status;
  return child < 0 || waitpid(child, &status, 0) != child || status != 0;
}

static void check_fork(int threads) {
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) _exit(in_child(threads, 1));
  check_all("parent of a fork");
  int status = -1;
  CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0, "child with %d threads: status %d", threads,
        status);
}

#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define CHECK_FORK_AMID_CALLS 1
static atomic_bool enough;

static void *restless(void *argument) {
  (void)argument;
  for (int round = 0; !enough; round++) CHECK(same(round % SHAPES), "while others fork, round %d", round);
  return NULL;
}

/* Whatever the pool was at when the process forked, the child has one that works. Not under sanitizers, whose own locks
 * a fork leaves as they are, and to which a new thread with the stack of one that is gone is the same. */
static void check_fork_amid_calls(void) {
  pthread_t threads[2];
  tensorop_set_num_threads(3);
  for (int i = 0; i < 2; i++) CHECK(pthread_create(&threads[i], NULL, restless, NULL) == 0, "thread %d", i);
  for (int i = 0; i < FORKS; i++) check_fork(3);
  enough = true;
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
}
#endif

static void at_exit(void) {
  if (!same(0)) _exit(4);
}

/* Long enough for workers to sleep in the kernel, so that the next call has to wake them. */
static void check_after_rest(void) {
  for (int round = 0; round < 3; round++) {
    usleep(5000);
    check_all("after a rest");
  }
}

int main(void) {
  prepare();
  atexit(at_exit);
  check_counts();
  tensorop_set_num_threads(2);
  check_after_rest();
  check_fork(1);
  check_fork(2);
  check_callers();
  check_fork(4);
#ifdef CHECK_FORK_AMID_CALLS
  check_fork_amid_calls();
#endif
  for (int s = 1; s < SHAPES; s++) {
    product_free(&products[s]);
    matrix_free(&results[s]);
  }
  return finish();
}
