/* Bad arguments reach the program's own handlers with the reference's numbers, and C stays as it was. */
#include <stdarg.h>
#include <string.h>

#include "check.h"
#include "tensorop/tensorop.h"

static struct {
  int calls, number, callers_number;
  char routine[64];
} seen;

void xerbla_(const char *routine, const int *info, size_t length) {
  seen.calls++;
  seen.number = *info;
  snprintf(seen.routine, sizeof seen.routine, "%.*s", (int)length, routine);
}

void cblas_xerbla(int position, const char *routine, const char *form, ...) {
  seen.calls++;
  seen.number = position;
  snprintf(seen.routine, sizeof seen.routine, "%s", routine);
  va_list arguments;
  va_start(arguments, form);
  char text[200];
  vsnprintf(text, sizeof text, form, arguments);
  va_end(arguments);
  sscanf(strstr(text, "number"), "number %d", &seen.callers_number);
}

static float a[16], b[16], c[16];

static void reset(void) {
  memset(&seen, 0, sizeof seen);
  for (int i = 0; i < 16; i++) c[i] = 7.0F;
}

static void expect(const char *routine, int number) {
  int changed = 0;
  for (int i = 0; i < 16; i++) changed += c[i] != 7.0F;
  CHECK(seen.calls == 1 && seen.number == number && strcmp(seen.routine, routine) == 0,
        "%d calls, number %d of '%s', expected %d of '%s'", seen.calls, seen.number, seen.routine, number, routine);
  CHECK(changed == 0, "%s wrote C though argument %d is bad", routine, number);
}

static void fortran(char ta, char tb, int m, int n, int k, int lda, int ldb, int ldc, int number) {
  const float alpha = 1.0F, beta = 0.0F;
  reset();
  sgemm_(&ta, &tb, &m, &n, &k, &alpha, a, &lda, b, &ldb, &beta, c, &ldc);
  expect("SGEMM ", number);
  const int64_t m8 = m, n8 = n, k8 = k, lda8 = lda, ldb8 = ldb, ldc8 = ldc;
  reset();
  sgemm_64_(&ta, &tb, &m8, &n8, &k8, &alpha, a, &lda8, b, &ldb8, &beta, c, &ldc8);
  expect("SGEMM ", number);
}

static void check_fortran(void) {
  fortran('/', 'N', -1, 2, 2, 2, 2, 2, 1);
  fortran('N', 'R', -1, 2, 2, 2, 2, 2, 2);
  fortran('N', 'N', -1, -1, 2, 2, 2, 2, 3);
  fortran('T', 'C', 2, -1, -1, 2, 2, 2, 4);
  fortran('c', 'n', 2, 2, -1, 0, 2, 2, 5);
  fortran('N', 'N', 3, 2, 2, 2, 1, 3, 8);
  fortran('T', 'N', 2, 2, 3, 2, 3, 2, 8);
  fortran('N', 'N', 2, 2, 3, 2, 2, 1, 10);
  fortran('N', 'T', 2, 3, 2, 2, 2, 2, 10);
  fortran('N', 'N', 3, 2, 2, 3, 2, 2, 13);
  fortran('N', 'N', 0, 0, 0, 0, 1, 1, 8);
}

/* number: as the reference hands it to the handler; callers: where the caller wrote the argument. */
static void cblas(int layout, int ta, int tb, int m, int n, int k, int lda, int ldb, int ldc, int number, int callers) {
  reset();
  cblas_sgemm((CBLAS_LAYOUT)layout, (CBLAS_TRANSPOSE)ta, (CBLAS_TRANSPOSE)tb, m, n, k, 1.0F, a, lda, b, ldb, 0.0F, c,
              ldc);
  expect("cblas_sgemm", number);
  CHECK(seen.callers_number == callers, "the text says %d, not %d", seen.callers_number, callers);
  reset();
  cblas_sgemm_64((CBLAS_LAYOUT)layout, (CBLAS_TRANSPOSE)ta, (CBLAS_TRANSPOSE)tb, m, n, k, 1.0F, a, lda, b, ldb, 0.0F, c,
                 ldc);
  expect("cblas_sgemm", number);
}

static void check_cblas(void) {
  enum { ROW = CblasRowMajor, COL = CblasColMajor, N = CblasNoTrans, T = CblasTrans };
  cblas(0, 0, N, -1, 2, 2, 2, 2, 2, 1, 1);
  for (int layout = ROW; layout <= COL; layout++) {
    cblas(layout, 0, 0, 2, 2, 2, 2, 2, 2, 2, 2);
    cblas(layout, N, 0, -1, 2, 2, 2, 2, 2, 3, 3);
    cblas(layout, N, T, 2, 2, -1, 2, 2, 2, 6, 6);
  }
  cblas(COL, N, N, -1, -1, 2, 2, 2, 2, 4, 4);
  cblas(COL, N, N, 2, -1, 2, 2, 2, 2, 5, 5);
  cblas(COL, N, N, 3, 2, 2, 2, 2, 3, 9, 9);
  cblas(COL, N, N, 2, 2, 3, 2, 2, 2, 11, 11);
  cblas(COL, N, N, 3, 2, 2, 3, 2, 2, 14, 14);
  cblas(ROW, N, N, -1, 2, 2, 2, 2, 2, 5, 4);
  cblas(ROW, N, N, -1, -1, 2, 2, 2, 2, 4, 5); /* the reference sees n first */
  cblas(ROW, N, N, 2, 2, 3, 2, 2, 2, 11, 9);
  cblas(ROW, T, N, 3, 2, 2, 2, 2, 3, 11, 9);
  cblas(ROW, N, N, 2, 3, 2, 2, 2, 3, 9, 11);
  cblas(ROW, N, N, 2, 3, 2, 2, 3, 2, 14, 14);
}

static void check_batch(void) {
  const CBLAS_TRANSPOSE trans[2] = {CblasNoTrans, CblasNoTrans};
  const int two[2] = {2, 2}, lda[2] = {2, 1}, sizes[2] = {1, -1};
  const float alpha[2] = {1.0F, 1.0F}, beta[2] = {0.0F, 0.0F};
  const float *as[2] = {a, a}, *bs[2] = {b, b};
  float *cs[2] = {c, c + 8};
  reset();
  cblas_sgemm_batch(CblasRowMajor, trans, trans, two, two, two, alpha, as, lda, bs, two, beta, cs, two, 2, two);
  expect("cblas_sgemm_batch", 9);
  CHECK(seen.callers_number == 9, "the text says %d", seen.callers_number);
  reset();
  cblas_sgemm_batch(CblasColMajor, trans, trans, two, two, two, alpha, as, two, bs, two, beta, cs, two, 2, sizes);
  expect("cblas_sgemm_batch", 16);
  reset();
  cblas_sgemm_batch(CblasColMajor, trans, trans, two, two, two, alpha, as, two, bs, two, beta, cs, two, -1, two);
  expect("cblas_sgemm_batch", 15);
  for (int groups = -1; groups <= 1; groups++) { /* the layout counts even where there is nothing to do */
    reset();
    cblas_sgemm_batch((CBLAS_LAYOUT)0, trans, trans, two, two, two, alpha, as, two, bs, two, beta, cs, two, groups,
                      two);
    expect("cblas_sgemm_batch", 1);
  }
}

/* number: where the caller wrote the argument, in either layout. */
static void strided(int layout, int ta, int m, int n, int k, int lda, int ldb, int ldc, int count, int number) {
  const CBLAS_TRANSPOSE transa = (CBLAS_TRANSPOSE)ta, transb = CblasNoTrans;
  reset();
  cblas_sgemm_batch_strided((CBLAS_LAYOUT)layout, transa, transb, m, n, k, 1.0F, a, lda, 4, b, ldb, 4, 0.0F, c, ldc, 4,
                            count);
  expect("cblas_sgemm_batch_strided", number);
  CHECK(seen.callers_number == number, "the text says %d, not %d", seen.callers_number, number);
}

static void check_batch_strided(void) {
  strided(0, CblasNoTrans, 2, 2, 2, 2, 2, 2, 0, 1);
  for (int layout = CblasRowMajor; layout <= CblasColMajor; layout++) {
    strided(layout, 0, 2, 2, 2, 2, 2, 2, 2, 2);
    strided(layout, CblasNoTrans, -1, 2, 2, 2, 2, 2, 2, 4);
    strided(layout, CblasNoTrans, 2, -1, 2, 2, 2, 2, 2, 5);
    strided(layout, CblasNoTrans, 2, 2, -1, 2, 2, 2, 2, 6);
    strided(layout, CblasNoTrans, 2, 2, 2, 1, 2, 2, 2, 9);
    strided(layout, CblasNoTrans, 2, 2, 2, 2, 1, 2, 2, 12);
    strided(layout, CblasNoTrans, 2, 2, 2, 2, 2, 1, 2, 16);
    strided(layout, CblasNoTrans, 2, 2, 2, 2, 2, 2, -1, 18);
  }
}

static void check_packed(void) {
  reset();
  CHECK(!tensorop_sgemm_pack(CblasRowMajor, TENSOROP_B, CblasNoTrans, 2, 3, b, 2), "packed with a short ld");
  expect("tensorop_sgemm_pack", 7);
  reset();
  CHECK(!tensorop_sgemm_pack(CblasRowMajor, (tensorop_operand)3, CblasNoTrans, 2, 3, b, 3), "packed operand 3");
  expect("tensorop_sgemm_pack", 2);
  tensorop_packed *const packed = tensorop_sgemm_pack(CblasRowMajor, TENSOROP_B, CblasNoTrans, 2, 3, b, 3);
  reset();
  CHECK(tensorop_sgemm_packed(packed, CblasNoTrans, 2, 1.0F, a, 1, 0.0F, c, 3) == -1, "lda 1 taken for k 2");
  expect("tensorop_sgemm_packed", 6);
  reset();
  CHECK(tensorop_sgemm_packed(packed, CblasTrans, 2, 1.0F, a, 2, 0.0F, c, 2) == -1, "ldc 2 taken for n 3");
  expect("tensorop_sgemm_packed", 9);
  reset();
  CHECK(tensorop_sgemm_packed(NULL, CblasTrans, 2, 1.0F, a, 2, 0.0F, c, 2) == -1, "no operand");
  expect("tensorop_sgemm_packed", 1);
  tensorop_packed_free(packed);
}

int main(void) {
  check_fortran();
  check_cblas();
  check_batch();
  check_batch_strided();
  check_packed();
  return finish();
}
