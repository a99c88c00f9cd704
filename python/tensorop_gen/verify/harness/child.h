/* The candidate's process as seen from the parent. */
#ifndef TENSOROP_CHILD_H
#define TENSOROP_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "protocol.h"

typedef struct child {
  pid_t pid;
  int commands, answers;
  int timeout_ms; /* for one command */
  int ended; /* once it is gone: what waitpid said */
} child;

typedef enum outcome { ANSWERED, TIMED_OUT, GONE } outcome;

/* Starts argv (a runner's words, the candidate, room for one more argument and NULL) with the arena; reads its hello.
 */
outcome child_start(child *c, char **argv, int arena, int timeout_ms, hello *h);
outcome child_ask(child *c, const command *request, answer *reply);
void child_end(child *c);

#endif
