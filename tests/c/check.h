/* A program of checks: each CHECK counts, and finish() prints the counts; a program that checked nothing fails. */
#ifndef CHECK_H
#define CHECK_H

#include <stdatomic.h>
#include <stdio.h>

static atomic_long check_passed, check_failed;

/* The message after the condition is formatted as printf does and should let the case be repeated. */
#define CHECK(condition, ...)                                       \
  do {                                                              \
    if (condition) {                                                \
      check_passed++;                                               \
    } else if (check_failed++ < 20) {                               \
      printf("%s:%d: %s failed: ", __FILE__, __LINE__, #condition); \
      printf(__VA_ARGS__);                                          \
      printf("\n");                                                 \
    }                                                               \
  } while (0)

static inline int finish(void) {
  printf("%ld passed, %ld failed\n", (long)check_passed, (long)check_failed);
  return check_failed > 0 || check_passed == 0;
}

#endif
