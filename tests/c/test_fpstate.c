/* Workers compute under the caller's rounding and flushing, and leave no trace of it. x86: MXCSR. */
#include "check.h"
#include "matrix.h"

#if defined(__x86_64__)
#include <xmmintrin.h>

static const unsigned states[] = {0x1f80U, 0x1f80U | 0x8040U, 0x1f80U | 0x2000U, 0x1f80U | 0x6000U};

static matrix run(const product *p, unsigned state, int threads) {
  matrix c = matrix_copy(&p->c);
  const unsigned before = _mm_getcsr();
  tensorop_set_num_threads(threads);
  _mm_setcsr(state);
  product_call(p, &c);
  CHECK((_mm_getcsr() & ~0x3fU) == state, "MXCSR %x after a call under %x", _mm_getcsr(), state);
  _mm_setcsr(before);
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
  for (int i = 0; i < 4; i++) {
    matrix alone = run(&p, states[i], 1), shared = run(&p, states[i], 4);
    CHECK(matrix_same_bits(&alone, &shared), "MXCSR %x, alpha %g", states[i], (double)alpha);
    if (tiny) CHECK(all_zero(&alone) == (i == 1), "subnormal results under MXCSR %x", states[i]);
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
