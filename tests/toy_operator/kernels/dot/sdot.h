/* Dot product of two vectors. */
#ifndef TENSOROP_SDOT_H
#define TENSOROP_SDOT_H

#include "tensorop/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The sum of x[i * incx] * y[i * incy]; a vector with a negative increment begins at its end. */
TENSOROP_API float cblas_sdot(int n, const float *x, int incx, const float *y, int incy);

#ifdef __cplusplus
}
#endif

#endif
