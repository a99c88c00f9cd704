/* Prints how many dot products of whole numbers are right, of how many, and whose kernels ran. */
#include <stdio.h>

#include "tensorop.h"

enum { LONGEST = 3000 };

static float x[7 * LONGEST], y[7 * LONGEST];

int main(void) {
  static const int lengths[] = {0, 1, 15, 16, 17, 1023, 1025, LONGEST}, increments[] = {1, 3, -2, 0};
  int right = 0, count = 0;
  for (int i = 0; i < 7 * LONGEST; i++) x[i] = (float)(i % 5 - 2), y[i] = (float)(i % 3 - 1);
  for (int l = 0; l < 8; l++) {
    for (int p = 0; p < 16; p++, count++) {
      const int n = lengths[l], incx = increments[p / 4], incy = increments[p % 4];
      const int fromx = incx < 0 ? (1 - n) * incx : 0, fromy = incy < 0 ? (1 - n) * incy : 0;
      float sum = 0;
      for (int i = 0; i < n; i++) sum += x[fromx + i * incx] * y[fromy + i * incy];
      right += cblas_sdot(n, x, incx, y, incy) == sum;
    }
  }
  printf("%d of %d by %s\n", right, count, tensorop_target_name());
  return 0;
}
