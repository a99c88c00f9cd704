/* A program of somebody else: links the library in the usual ways and checks one product through each interface. */
#include <stdio.h>
#include <tensorop/tensorop.h>

int main(void) {
  const float a[] = {1, 2, 3, 4, 5, 6};    /* 2 x 3, row-major */
  const float b[] = {7, 8, 9, 10, 11, 12}; /* 3 x 2 */
  const float want[] = {58, 64, 139, 154};
  float row[4] = {0};
  float column[4] = {0};
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 2, 2, 3, 1.0F, a, 3, b, 2, 0.0F, row, 2);
  const int two = 2;
  const int three = 3;
  const float one = 1.0F;
  const float zero = 0.0F;
  sgemm_("N", "N", &two, &two, &three, &one, b, &two, a, &three, &zero, column, &two); /* (B^T A^T) = (A B)^T */
  for (int i = 0; i < 4; i++) {
    if (row[i] != want[i] || column[i] != want[i]) {
      printf("element %d: cblas_sgemm %g, sgemm_ %g, expected %g\n", i, row[i], column[i], want[i]);
      return 1;
    }
  }
  puts("product correct");
  return 0;
}
