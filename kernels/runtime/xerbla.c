/* Error handlers: weak, and called through the export table, so that a program's own are reached. */
#include <stdarg.h>
#include <stdio.h>

#include "arguments.h"

__attribute__((weak)) void xerbla_(const char *routine, const int *info, size_t routine_length) {
  fprintf(stderr, " ** On entry to %.*s parameter number %d had an illegal value\n", (int)routine_length, routine,
          *info);
}

__attribute__((weak)) void cblas_xerbla(int position, const char *routine, const char *form, ...) {
  if (!form || !*form) {
    fprintf(stderr, " ** On entry to %s parameter number %d had an illegal value\n", routine, position);
    return;
  }
  va_list arguments;
  va_start(arguments, form);
  vfprintf(stderr, form, arguments);
  va_end(arguments);
}

void tensorop_report_fortran(int info) { xerbla_("SGEMM ", &info, 6); }

void tensorop_report(const char *routine, int position, int callers_position) {
  cblas_xerbla(position, routine, " ** On entry to %s parameter number %d had an illegal value\n", routine,
               callers_position);
}

/* The reference's own handler does this; handlers written for it do too, so they are given the position before. */
int tensorop_callers_position(CBLAS_LAYOUT layout, int position) {
  if (layout != CblasRowMajor) return position;
  switch (position) {
    case 4: return 5;
    case 5: return 4;
    case 9: return 11;
    case 11: return 9;
    default: return position;
  }
}
