/* One candidate under test: its process, the arena, and what has been found so far. */
#ifndef TENSOROP_SESSION_H
#define TENSOROP_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "case.h"
#include "child.h"
#include "operand.h"
#include "protocol.h"

/* What a candidate can fail by, spelt as in `kind` of the report. */
typedef struct failure {
  const char *kind; /* NULL: none */
  char text[512];
  char at[320]; /* the case's line */
} failure;

enum { TALLIES = 16 };

/* Worst ratio and number of cases of one kernel or path. */
typedef struct tally {
  char name[24];
  double worst;
  int64_t cases;
} tally;

typedef struct session {
  arena memory;
  child process;
  hello instance;
  uint64_t seed;
  int64_t cases;
  tally tallies[TALLIES];
  failure found;
} session;

/* Notes a failure and returns false, for `return fail(...)`. */
__attribute__((format(printf, 4, 5))) bool fail(session *s, const test_case *t, const char *kind, const char *format,
                                                ...);

void tally_add(session *s, const char *name, double ratio);

/* The operands of one case; those unused have extent 0. */
typedef struct operands {
  operand of[SLOTS];
} operands;

/* Sends a command and judges the answer: false if the candidate crashed, hung or broke a rule. */
bool ask(session *s, const test_case *t, const operands *o, const command *c, int64_t *value);

#endif
