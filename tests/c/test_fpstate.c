/* Workers compute under the caller's rounding and flushing, and leave no trace of it; an infinity traps nowhere. */
#include <math.h>

#include "check.h"
#include "fpstate.h"
#include "matrix.h"

/* Usual, subnormals flushed, and two other ways of rounding. */
#if defined(__x86_64__)
static const tensorop_fpstate states[] = {0x1f80U, 0x1f80U | 0x8040U, 0x1f80U | 0x2000U, 0x1f80U | 0x6000U};
static const tensorop_fpstate control = ~(tensorop_fpstate)0x3fU;
static const tensorop_fpstate trapping = 0x1f80U & ~0x0680U; /* invalid, division by zero and overflow unmasked */
enum { FLUSHES = 1 };
#elif defined(__aarch64__)
static const tensorop_fpstate states[] = {0, 1U << 24, 2U << 22, 3U << 22};
static const tensorop_fpstate control = ~(tensorop_fpstate)0;
enum { FLUSHES = 1 };
#elif defined(__riscv)
static const tensorop_fpstate states[] = {0, 1, 2, 4};
static const tensorop_fpstate control = ~(tensorop_fpstate)0;
enum { FLUSHES = -1 }; /* it cannot */
#endif

#if defined(__x86_64__) || defined(__aarch64__) || defined(__riscv)
enum { STATES = sizeof states / sizeof *states };

static matrix run(const product *p, tensorop_fpstate state, int threads) {
  matrix c = matrix_copy(&p->c);
  tensorop_set_num_threads(threads);
  const tensorop_fpstate before = tensorop_fpstate_swap(state);
  product_call(p, &c);
  const tensorop_fpstate after = tensorop_fpstate_swap(before);
  CHECK((after & control) == state, "control state %llx after a call under %llx", (unsigned long long)after,
        (unsigned long long)state);
  return c;
}

static bool all_zero(const matrix *c) {
  for (int64_t i = 0; i < c->rows; i++) {
    for (int64_t j = 0; j < c->columns; j++) {
      if (*matrix_at(c, i, j) != 0.0F) return false;
    }
  }
  return true;
}

static void check_states(float alpha, bool tiny) {
  uint64_t seed = 9;
  product p = product_make(CblasColMajor, CblasNoTrans, CblasNoTrans, 200, 150, 100, alpha, 0.0F, 0, UNIFORM, &seed);
  for (int i = 0; i < STATES; i++) {
    matrix alone = run(&p, states[i], 1), shared = run(&p, states[i], 4);
    CHECK(matrix_same_bits(&alone, &shared), "state %llx, alpha %g", (unsigned long long)states[i], (double)alpha);
    if (tiny)
      CHECK(all_zero(&alone) == (i == FLUSHES), "subnormal results under state %llx", (unsigned long long)states[i]);
    matrix_free(&alone), matrix_free(&shared);
  }
  product_free(&p);
}

#if defined(__x86_64__)
/* Infinities in A and B, where lanes and packed rows without an element multiply them by 0. */
static void check_infinities(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb,
                             const int64_t *shape) {
  uint64_t seed = 11;
  const int64_t m = shape[0], n = shape[1], k = shape[2];
  product p = product_make(layout, transa, transb, m, n, k, 1.0F, 0.0F, 1, UNIFORM, &seed);
  *matrix_at(&p.a, 0, 0) = INFINITY;
  *matrix_at(&p.b, 0, 0) = -INFINITY;
  matrix usual = run(&p, states[0], 1);
  for (int threads = 1; threads <= 4; threads += 3) {
    matrix trapped = run(&p, trapping, threads);
    CHECK(matrix_same_bits(&usual, &trapped), "%lldx%lldx%lld on %d threads", (long long)m, (long long)k, (long long)n,
          threads);
    matrix_free(&trapped);
  }
  matrix_free(&usual);
  product_free(&p);
}

/* One product of a batch for each thread. */
static void check_infinite_batch(void) {
  enum { COUNT = 64, SIZE = 37 };
  static float a[COUNT * SIZE * SIZE], b[SIZE * SIZE], c[COUNT * SIZE * SIZE];
  for (int i = 0; i < COUNT; i++) a[i * SIZE * SIZE] = INFINITY;
  for (int i = 0; i < SIZE * SIZE; i++) b[i] = 1.0F;
  tensorop_set_num_threads(4);
  const tensorop_fpstate before = tensorop_fpstate_swap(trapping);
  cblas_sgemm_batch_strided(CblasColMajor, CblasNoTrans, CblasNoTrans, SIZE, SIZE, SIZE, 1.0F, a, SIZE, SIZE * SIZE, b,
                            SIZE, 0, 0.0F, c, SIZE, SIZE * SIZE, COUNT);
  const tensorop_fpstate after = tensorop_fpstate_swap(before);
  CHECK((after & control) == trapping, "control state %x after a batch", after);
  for (int i = 0; i < COUNT; i++) {
    const float *const first = c + i * SIZE * SIZE;
    CHECK(first[0] == INFINITY && first[1] == 0.0F, "product %d begins with %g, %g", i, (double)first[0],
          (double)first[1]);
  }
}

static void check_traps(void) {
  static const int64_t shapes[][3] = {/* m, n, k */
                                      {1, 1, 1},     {3, 5, 7},     {17, 19, 23},    {129, 131, 127}, {900, 3, 500},
                                      {3, 900, 500}, {5, 600, 700}, {301, 299, 303}, {1, 300, 400}};
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    for (int way = 0; way < 8; way++) {
      check_infinities(way & 1 ? CblasRowMajor : CblasColMajor, way & 2 ? CblasTrans : CblasNoTrans,
                       way & 4 ? CblasTrans : CblasNoTrans, shapes[i]);
    }
  }
  check_infinite_batch();
}
#else
static void check_traps(void) {} /* such states do not exist, or on few cores */
#endif

int main(void) {
  check_states(1.0F, false);
  check_states(1e-42F, true);
  check_traps();
  return finish();
}
#else
int main(void) { return puts("no control state is handed over on this architecture") < 0; }
#endif
