#define _GNU_SOURCE
#include "session.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static const char *const slot_names[SLOTS] = {"A", "B", "C", "the workspace", "the packed A", "the packed B"};

bool fail(session *s, const test_case *t, const char *kind, const char *format, ...) {
  va_list list;
  va_start(list, format);
  vsnprintf(s->found.text, sizeof s->found.text, format, list);
  va_end(list);
  s->found.kind = kind;
  snprintf(s->found.at, sizeof s->found.at, "%s", t->text);
  return false;
}

void tally_add(session *s, const char *name, double ratio) {
  for (int i = 0; i < TALLIES; i++) {
    tally *const y = &s->tallies[i];
    if (y->cases && strcmp(y->name, name) != 0) continue;
    snprintf(y->name, sizeof y->name, "%s", name);
    y->cases++;
    if (ratio > y->worst) y->worst = ratio;
    return;
  }
}

static bool fail_fault(session *s, const test_case *t, const operands *o, const answer *a) {
  if (a->signal == SIGSYS) return fail(s, t, "syscall", "the candidate made system call %d", a->syscall);
  if (a->signal != SIGSEGV && a->signal != SIGBUS) {
    return fail(s, t, "signal", "%s at address %#llx", strsignal(a->signal), (unsigned long long)a->offset);
  }
  const char *const kind = a->write > 0 ? "write" : a->write == 0 ? "read" : "access";
  if (a->slot < 0) return fail(s, t, kind, "%s at address %#llx, no operand", kind, (unsigned long long)a->offset);
  const operand *const hit = &o->of[a->slot];
  const char *const name = slot_names[a->slot];
  const long long from_start = a->offset - hit->at * (int64_t)sizeof(float);
  const long long from_end = from_start - hit->extent * (int64_t)sizeof(float);
  if (from_start < 0) return fail(s, t, kind, "%s %lld bytes before the start of %s", kind, -from_start, name);
  if (from_end >= 0) return fail(s, t, kind, "%s %lld bytes past the end of %s", kind, from_end, name);
  return fail(s, t, kind, "%s %lld bytes into %s, an input", kind, from_start, name);
}

static bool fail_gone(session *s, const test_case *t) {
  const int ended = s->process.ended;
  if (WIFSIGNALED(ended)) return fail(s, t, "died", "the candidate was ended by: %s", strsignal(WTERMSIG(ended)));
  return fail(s, t, "died", "the candidate ended by itself (exit code %d)", WEXITSTATUS(ended));
}

bool ask(session *s, const test_case *t, const operands *o, const command *c, int64_t *value) {
  answer a;
  switch (child_ask(&s->process, c, &a)) {
    case TIMED_OUT: return fail(s, t, "timeout", "no answer within %d ms", s->process.timeout_ms);
    case GONE: return fail_gone(s, t);
    default: break;
  }
  if (a.status == FAULT) return fail_fault(s, t, o, &a);
  if (a.status == ABI_BROKEN && a.rule >= 0 && a.rule < MAX_RULES) {
    return fail(s, t, "abi", "calling convention broken: %s", s->instance.rules[a.rule]);
  }
  if (a.status == DESCRIPTOR_WRITTEN) return fail(s, t, "descriptor", "wrote into its argument structs");
  if (a.status == INPUT_WRITTEN) return fail(s, t, "write", "wrote into an input in the timed loop");
  if (a.status != DONE) return fail(s, t, "died", "an answer that makes no sense (status %d)", a.status);
  if (value) *value = a.value;
  return true;
}
