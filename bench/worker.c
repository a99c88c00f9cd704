/* worker LIB.so: calls one library's sgemm, in a process of its own. Commands on standard input, one answer a line:
 *
 *   prepare M K N LAYOUT SEED    new random operands, one call, its check   -> ok SECONDS R
 *   burst SEED MS                new operands, calls for MS or more, check of the last -> ok SECONDS_PER_CALL CALLS R
 *
 * The first line says what was opened: "ok SYMBOL IDENTITY". Any failure: "error TEXT". LAYOUT is NN, TN, NT or TT; R
 * is operands_ratio. The number of threads is set by the environment and the processors the process may use.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "clock.h"
#include "library.h"
#include "operands.h"

typedef struct session {
  library lib;
  operands data;
  double seconds; /* of one call, as last seen */
  FILE *answers;
} session;

/* Calls between two changes of the inputs: a change a call costs nothing beside a call of 5 us; shorter calls share
 * one, or the wait of a vector load for the 4 bytes just stored would be measured. */
static long calls_per_poke(const double seconds) {
  const double calls = 5e-6 / seconds;
  return calls > 1 ? (long)calls : 1;
}

/* How long a call took, what else there is to say, and how right the last call was. */
static void answer(session *const s, const char *const more) {
  if (operands_kept(&s->data)) {
    fprintf(s->answers, "ok %.9e %s%g\n", s->seconds, more, operands_ratio(&s->data));
  } else {
    fprintf(s->answers, "error the library wrote into its inputs\n");
  }
}

static double timed(session *const s, const double at_least) {
  const long group = calls_per_poke(s->seconds);
  const double block_seconds = s->seconds * (double)group;
  const int blocks = block_seconds < 50e-6 ? (int)(50e-6 / block_seconds) + 1 : 1;
  const double start = clock_seconds();
  double elapsed = 0;
  long calls = 0;
  do {
    for (int i = 0; i < blocks; i++) {
      operands_poke(&s->data);
      s->lib.repeat(&s->lib, &s->data.p, group);
    }
    calls += blocks * group;
    elapsed = clock_seconds() - start;
  } while (elapsed < at_least);
  s->seconds = elapsed / (double)calls;
  return (double)calls;
}

static void prepare(session *const s, const char *const line) {
  problem p = {0};
  char layout[3] = "";
  uint64_t seed = 0;
  const int got =
      sscanf(line, "prepare %" SCNd64 " %" SCNd64 " %" SCNd64 " %2s %" SCNu64, &p.m, &p.k, &p.n, layout, &seed);
  if (got != 5 || p.m < 1 || p.k < 1 || p.n < 1 || strspn(layout, "NT") != 2) {
    fprintf(s->answers, "error not a shape: %s", line);
    return;
  }
  p.trans_a = layout[0];
  p.trans_b = layout[1];
  operands_free(&s->data);
  if (operands_make(&s->data, &p) != 0) {
    fprintf(s->answers, "error not enough memory for the operands\n");
    return;
  }
  operands_randomise(&s->data, seed);
  const double start = clock_seconds();
  s->lib.repeat(&s->lib, &s->data.p, 1);
  s->seconds = clock_seconds() - start;
  answer(s, "");
}

/* The warm-up brings operands and code into the caches, and tells how many calls make a burst. */
static void burst(session *const s, const char *const line) {
  uint64_t seed = 0;
  double ms = 0;
  if (sscanf(line, "burst %" SCNu64 " %lf", &seed, &ms) != 2 || !s->data.p.c) {
    fprintf(s->answers, "error not a burst after a prepare: %s", line);
    return;
  }
  operands_randomise(&s->data, seed);
  if (s->seconds < 0.5e-3 * ms) {
    timed(s, 0.05e-3 * ms);
  }
  const double calls = timed(s, 1e-3 * ms);
  char count[32];
  snprintf(count, sizeof count, "%.0f ", calls);
  answer(s, count);
}

/* Keeps the answers apart from what a library may print on standard output. */
static FILE *private_answers(void) {
  FILE *const answers = fdopen(dup(STDOUT_FILENO), "w");
  dup2(STDERR_FILENO, STDOUT_FILENO);
  return answers;
}

int main(const int argc, char **const argv) {
  session s = {.answers = private_answers()};
  char line[512];
  prctl(PR_SET_PDEATHSIG, SIGKILL); /* a stopped process would outlive a driver that dies */
  const char *const problem = argc == 2 ? library_open(&s.lib, argv[1]) : "usage: worker LIB.so";
  if (problem) {
    fprintf(s.answers, "error %s\n", problem);
    return 1;
  }
  library_identity(&s.lib, line, sizeof line);
  fprintf(s.answers, "ok %s %s\n", s.lib.symbol, line);
  fflush(s.answers);
  while (fgets(line, sizeof line, stdin)) {
    if (strncmp(line, "prepare", 7) == 0) {
      prepare(&s, line);
    } else {
      burst(&s, line);
    }
    fflush(s.answers);
  }
  return 0;
}
