/* The parent: holds reference, verdict and clock, and never runs candidate code.
 *
 *   verifier SEED CAPACITY TIMEOUT_MS -- ARGV...     (ARGV starts the candidate; CAPACITY: bytes of one operand)
 *
 * Prints one JSON line about the instance (a report if it did not start), then reads cases (case.h) from standard
 * input. A `time` case is answered by one JSON line, the line `report` by what was found so far. The first failure ends
 * the checking. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "checks.h"

static void print_string(const char *text) {
  putchar('"');
  for (; *text; text++) {
    if (*text == '"' || *text == '\\') putchar('\\');
    putchar(*text < ' ' ? ' ' : *text);
  }
  putchar('"');
}

static void print_failure(const session *s) {
  if (!s->found.kind) {
    printf("null");
    return;
  }
  printf("{\"kind\": \"%s\", \"text\": ", s->found.kind);
  print_string(s->found.text);
  printf(", \"case\": ");
  print_string(s->found.at);
  putchar('}');
}

static void print_report(const session *s) {
  printf("{\"cases\": %" PRId64 ", \"failure\": ", s->cases);
  print_failure(s);
  printf(", \"tallies\": {");
  for (int i = 0; i < TALLIES && s->tallies[i].cases; i++) {
    const tally *const y = &s->tallies[i];
    printf("%s\"%s\": {\"cases\": %" PRId64 ", \"worst\": %.9g}", i ? ", " : "", y->name, y->cases, y->worst);
  }
  printf("}}\n");
}

static void print_hello(const hello *h) {
  printf("{\"name\": ");
  print_string(h->name);
  printf(", \"mr\": %" PRId64 ", \"nr\": %" PRId64 ", \"lanes\": %" PRId64 ", \"direct_rows\": %" PRId64, h->mr, h->nr,
         h->lanes, h->direct_rows);
  printf(", \"stream_k\": %" PRId64 ", \"stream_n\": %" PRId64 ", \"stream_products\": %" PRId64, h->stream_k,
         h->stream_n, h->stream_products);
  printf(", \"dot_edge\": %" PRId64 ", \"dot_products\": %" PRId64, h->dot_edge, h->dot_products);
  printf(", \"workspace\": %" PRId64 ", \"m_grain\": %" PRId64 ", \"n_grain\": %" PRId64, h->workspace, h->m_grain,
         h->n_grain);
  printf(", \"kernels\": %u, \"sandboxed\": %s, \"direct_n_max\": [", h->kernels, h->sandboxed ? "true" : "false");
  for (int v = 0; v < MAX_VECTORS && h->direct_n_max[v]; v++) printf("%s%d", v ? ", " : "", h->direct_n_max[v]);
  printf("], \"unchecked\": [");
  for (int i = 0, any = 0; i < MAX_RULES && h->rules[i][0]; i++) {
    if (h->checked >> i & 1) continue;
    printf("%s", any++ ? ", " : "");
    print_string(h->rules[i]);
  }
  printf("]}\n");
}

static bool run_case(session *s, const test_case *t, timing *time) {
  for (int64_t i = 0; i < t->repeat; i++) {
    /* A case has the same data wherever it stands in a plan; timed runs have new data each time. */
    const int64_t draw = t->op == OP_CALLS ? s->cases : i;
    rng r = rng_for(s->seed + (uint64_t)draw, t->text);
    bool passed = false;
    switch (t->op) {
      case OP_PACK_A:
      case OP_PACK_B: passed = check_pack(s, t, &r); break;
      case OP_RUN: passed = check_run(s, t, &r); break;
      case OP_CALLS: passed = check_time(s, t, &r, time); break;
      default: passed = check_gemm(s, t, &r);
    }
    if (!passed) return false;
  }
  s->cases++;
  return true;
}

static void answer_line(session *s, const char *line) {
  if (strcmp(line, "report") == 0) {
    print_report(s);
    fflush(stdout);
    return;
  }
  test_case t;
  const char *problem = NULL;
  timing time = {0};
  const bool parsed = case_parse(&t, line, &problem);
  if (!parsed && !s->found.kind) fail(s, &t, "plan", "not a case: %s", problem);
  if (!s->found.kind) run_case(s, &t, &time);
  if (!parsed || t.op != OP_CALLS) return;
  printf("{\"seconds\": %.9g, \"worst\": %.9g, \"elements\": %" PRId64 ", \"failure\": ", time.seconds, time.worst,
         time.elements);
  print_failure(s);
  printf("}\n");
  fflush(stdout);
}

static bool arena_make(arena *a, int64_t capacity) {
  a->fd = memfd_create("tensorop", MFD_CLOEXEC);
  if (a->fd < 0 || ftruncate(a->fd, (off_t)(SLOTS * capacity)) != 0) return false;
  a->floats = capacity / (int64_t)sizeof(float);
  a->base = mmap(NULL, (size_t)(SLOTS * capacity), PROT_READ | PROT_WRITE, MAP_SHARED, a->fd, 0);
  return a->base != MAP_FAILED;
}

int main(int argc, char **argv) {
  if (argc < 6 || strcmp(argv[4], "--") != 0) {
    fprintf(stderr, "usage: verifier SEED CAPACITY TIMEOUT_MS -- ARGV...\n");
    return 2;
  }
  session s = {.seed = strtoull(argv[1], NULL, 10)};
  const int64_t page = sysconf(_SC_PAGESIZE);
  const int64_t capacity = (strtoll(argv[2], NULL, 10) + page - 1) / page * page;
  if (!arena_make(&s.memory, capacity)) {
    perror("shared memory");
    return 2;
  }
  char size[32];
  snprintf(size, sizeof size, "%" PRId64, capacity);
  char **const start = calloc((size_t)argc, sizeof *start);
  if (!start) abort();
  for (int i = 5; i < argc; i++) start[i - 5] = argv[i];
  start[argc - 5] = size;
  if (child_start(&s.process, start, s.memory.fd, (int)strtol(argv[3], NULL, 10), &s.instance) != ANSWERED) {
    const test_case none = {.text = ""};
    fail(&s, &none, "start",
         "it ended before its first answer: system calls before main, or not linked for this machine");
    print_report(&s);
    return 0;
  }
  print_hello(&s.instance);
  fflush(stdout);
  char line[320];
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = '\0';
    answer_line(&s, line);
  }
  child_end(&s.process);
  return 0;
}
