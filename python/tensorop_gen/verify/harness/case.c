#define _POSIX_C_SOURCE 200809L
#include "case.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol.h"

static const char *const kinds[] = {"pack_a", "pack_b", "compute", "direct_n", "direct_t",
                                    "stream", "dot",    "run",     "packed",   "time"};
static const int32_t operations[] = {OP_PACK_A, OP_PACK_B, OP_COMPUTE, OP_DIRECT_N, OP_DIRECT_T,
                                     OP_STREAM, OP_DOT,    OP_RUN,     OP_RUN,      OP_CALLS};
static const char *const data_names[DATA_KINDS] = {"random", "ints", "cancel", "wide"};

/* Index of a name in a table, -1 if it is not there. */
static int find(const char *const *names, size_t count, const char *name) {
  for (size_t i = 0; i < count; i++) {
    if (strcmp(names[i], name) == 0) return (int)i;
  }
  return -1;
}

typedef struct field {
  const char *name;
  size_t offset;
  enum { INTEGER, INTEGER32, REAL } type;
} field;

#define FIELD(name, member, type) {name, offsetof(test_case, member), type}

static const field fields[] = {
    FIELD("m", m, INTEGER),
    FIELD("n", n, INTEGER),
    FIELD("k", k, INTEGER),
    FIELD("alpha", alpha, REAL),
    FIELD("beta", beta, REAL),
    FIELD("a_rs", a_rs, INTEGER),
    FIELD("a_cs", a_cs, INTEGER),
    FIELD("b_rs", b_rs, INTEGER),
    FIELD("b_cs", b_cs, INTEGER),
    FIELD("ldc", ldc, INTEGER),
    FIELD("shift", shift, INTEGER),
    FIELD("path", path, INTEGER32),
    FIELD("mode", mode, INTEGER32),
    FIELD("split_m", split_m, INTEGER),
    FIELD("split_n", split_n, INTEGER),
    FIELD("repeat", repeat, INTEGER),
    FIELD("calls", calls, INTEGER),
};

static bool set_number(test_case *c, const char *name, const char *value) {
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    if (strcmp(fields[i].name, name) != 0) continue;
    char *const place = (char *)c + fields[i].offset;
    char *end = NULL;
    if (fields[i].type == REAL) {
      *(float *)(void *)place = strtof(value, &end);
    } else if (fields[i].type == INTEGER32) {
      *(int32_t *)(void *)place = (int32_t)strtol(value, &end, 10);
    } else {
      *(int64_t *)(void *)place = strtoll(value, &end, 10);
    }
    return end != value && *end == '\0';
  }
  return false;
}

static bool set(test_case *c, const char *name, const char *value) {
  if (strcmp(name, "data") == 0) {
    const int kind = find(data_names, DATA_KINDS, value);
    c->data = (data_kind)kind;
    return kind >= 0;
  }
  if (strcmp(name, "place") == 0) {
    c->at_end = strcmp(value, "end") == 0;
    return c->at_end || strcmp(value, "start") == 0;
  }
  if (strcmp(name, "which") == 0) {
    snprintf(c->which, sizeof c->which, "%s", value);
    return strcmp(value, "A") == 0 || strcmp(value, "B") == 0 || strcmp(value, "AB") == 0;
  }
  return set_number(c, name, value);
}

static bool sound(const test_case *c) {
  return c->m >= 1 && c->n >= 1 && c->k >= 0 && c->ldc >= c->m && c->a_rs >= 1 && c->a_cs >= 1 && c->b_rs >= 1 &&
         c->b_cs >= 1 && c->shift >= 0 && c->path >= -1 && c->repeat >= 1 && c->calls >= 1;
}

bool case_parse(test_case *c, const char *line, const char **problem) {
  *c = (test_case){.alpha = 1.0F, .at_end = true, .path = -1, .repeat = 1, .calls = 1, .m = 1, .n = 1, .k = 1};
  snprintf(c->text, sizeof c->text, "%s", line);
  char words[sizeof c->text];
  memcpy(words, c->text, sizeof words);
  char *rest = NULL;
  const char *const kind = strtok_r(words, " ", &rest);
  const int index = kind ? find(kinds, sizeof kinds / sizeof *kinds, kind) : -1;
  *problem = "it begins with no known kind";
  if (index < 0) return false;
  snprintf(c->kind, sizeof c->kind, "%s", kind);
  c->op = operations[index];
  *problem = "each word behind the kind must be a known name=value";
  for (char *item = strtok_r(NULL, " ", &rest); item; item = strtok_r(NULL, " ", &rest)) {
    char *const equals = strchr(item, '=');
    if (!equals) return false;
    *equals = '\0';
    if (!set(c, item, equals + 1)) return false;
  }
  if (!c->a_rs) c->a_rs = 1;
  if (!c->a_cs) c->a_cs = c->m;
  if (!c->b_rs) c->b_rs = 1;
  if (!c->b_cs) c->b_cs = c->k > 0 ? c->k : 1;
  if (!c->ldc) c->ldc = c->m;
  *problem = "sizes, strides and counts must be positive, ldc at least m";
  return sound(c);
}
