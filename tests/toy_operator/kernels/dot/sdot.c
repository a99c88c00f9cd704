#include "tensorop/sdot.h"

#include "dispatch.h"
#include "workspace.h"

/* Generated, one of each row of tensorop_targets: NULL where there is none. */
extern const tensorop_instance *const tensorop_dot_instances[];

static const float *first(const float *x, int64_t n, int64_t increment) {
  return increment < 0 ? x - (n - 1) * increment : x;
}

static float portable(int64_t n, const float *x, int64_t incx, const float *y, int64_t incy) {
  float sum = 0;
  for (int64_t i = 0; i < n; i++) sum += x[i * incx] * y[i * incy];
  return sum;
}

float cblas_sdot(int n, const float *x, int incx, const float *y, int incy) {
  if (n < 1) return 0;
  const tensorop_instance *const instance = tensorop_dot_instances[tensorop_dispatch() - tensorop_targets];
  float *const workspace = instance ? tensorop_workspace(instance->workspace) : NULL;
  const float *const a = first(x, n, incx), *const b = first(y, n, incy);
  if (!workspace) return portable(n, a, incx, b, incy);
  float sum;
  const tensorop_gemm call = {
      .m = 1, .n = 1, .k = n, .alpha = 1, .a = {a, 1, incx}, .b = {b, incy, 1}, .c = &sum, .ldc = 1};
  instance->run(instance->path(&call), &call, workspace);
  return sum;
}
