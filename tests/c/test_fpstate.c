/* Workers compute under the caller's rounding and flushing, and leave no trace of it. */
#include "check.h"
#include "fpstate.h"
#include "matrix.h"

/* Usual, subnormals flushed, and two other ways of rounding. */
#if defined(__x86_64__)
static const tensorop_fpstate states[] = {0x1f80U, 0x1f80U | 0x8040U, 0x1f80U | 0x2000U, 0x1f80U | 0x6000U};
static const tensorop_fpstate control = ~(tensorop_fpstate)0x3fU;
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

int main(void) {
  check_states(1.0F, false);
  check_states(1e-42F, true);
  return finish();
}
#else
int main(void) { return puts("no control state is handed over on this architecture") < 0; }
#endif
