/* The library's own error handlers print one line and return. */
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "tensorop/tensorop.h"

static char text[1000];

static void capture(void (*call)(void)) {
  FILE *const file = tmpfile();
  const int before = dup(2);
  fflush(stderr);
  dup2(fileno(file), 2);
  call();
  fflush(stderr);
  dup2(before, 2);
  rewind(file);
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  fclose(file);
  close(before);
}

static float x[4] = {1.0F, 2.0F, 3.0F, 4.0F};

static void fortran(void) {
  const int two = 2, bad = -1;
  const float one = 1.0F;
  sgemm_("N", "N", &two, &bad, &two, &one, x, &two, x, &two, &one, x, &two);
}

static void row_major(void) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, -1, 2, 2, 1.0F, x, 2, x, 2, 0.0F, x, 2);
}

static void without_text(void) { cblas_xerbla(3, "cblas_other", ""); }

static void check(void (*call)(void), const char *expected) {
  capture(call);
  CHECK(strcmp(text, expected) == 0, "'%s' instead of '%s'", text, expected);
  CHECK(x[0] == 1.0F && x[3] == 4.0F, "C was written");
}

int main(void) {
  check(fortran, " ** On entry to SGEMM  parameter number 4 had an illegal value\n");
  check(row_major, " ** On entry to cblas_sgemm parameter number 4 had an illegal value\n");
  check(without_text, " ** On entry to cblas_other parameter number 3 had an illegal value\n");
  return finish();
}
