/* No memory for packing, no more threads: right results all the same, or a refusal where the operand is packed.
 * Linked with --wrap for mmap and pthread_create, and with the instance of targets_toy.c, which needs a workspace. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>

#include "check.h"
#include "matrix.h"

static int maps_left = 1000, threads_left = 1000; /* how many calls still succeed */

void *__real_mmap(void *address, size_t length, int protection, int flags, int file, off_t offset);
void *__wrap_mmap(void *address, size_t length, int protection, int flags, int file, off_t offset) {
  if (maps_left-- > 0) return __real_mmap(address, length, protection, flags, file, offset);
  errno = ENOMEM;
  return MAP_FAILED;
}

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
  return threads_left-- > 0 ? __real_pthread_create(thread, attributes, start, argument) : EAGAIN;
}

static product p;

static void check_result(const char *what) {
  matrix c = matrix_copy(&p.c);
  product_call(&p, &c);
  const double ratio = product_ratio(&p, &c);
  CHECK(ratio <= ratio_limit(p.k), "%s: ratio %g", what, ratio);
  matrix_free(&c);
}

static void check_packed(const tensorop_packed *packed, int expected) {
  matrix c = matrix_copy(&p.c);
  const int status = tensorop_sgemm_packed(packed, CblasNoTrans, p.m, p.alpha, p.a.data, p.a.ld, p.beta, c.data, c.ld);
  CHECK(status == expected, "status %d, not %d", status, expected);
  CHECK(status == 0 ? product_ratio(&p, &c) <= ratio_limit(p.k) : matrix_same_bits(&c, &p.c), "status %d: C is wrong",
        status);
  matrix_free(&c);
}

int main(void) {
  uint64_t seed = 13;
  p = product_make(CblasRowMajor, CblasNoTrans, CblasNoTrans, 150, 140, 130, 1.0F, 1.3F, 1, UNIFORM, &seed);
  tensorop_packed *const packed =
      tensorop_sgemm_pack(CblasRowMajor, TENSOROP_B, CblasNoTrans, p.k, p.n, p.b.data, p.b.ld);
  tensorop_set_num_threads(3);
  maps_left = 0;
  check_result("no workspace");
  check_packed(packed, -1);
  maps_left = 1;
  check_result("a workspace for the caller alone");
  check_packed(packed, 0);
  maps_left = 1000;
  threads_left = 0;
  check_result("no thread");
  threads_left = 1;
  check_result("one thread of two");
  threads_left = 1000;
  check_result("all there");
  check_packed(packed, 0);
  tensorop_packed_free(packed);
  product_free(&p);
  return finish();
}
