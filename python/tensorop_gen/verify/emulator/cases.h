// The cases that a variant is run on: all transposes, odd sizes, unaligned operands, splits of k, batches.
#ifndef CASES_H
#define CASES_H

#include "problem.h"

// Calls visit(case) for each; stops, and returns false, where that returns false.
template <class Visit>
bool all_cases(Visit visit) {
  const int bm = VARIANT.bm, bn = VARIANT.bn, bk = VARIANT.bk;
  const int sizes[][3] = {
      {1, 1, 1}, {bm, bn, bk}, {bm + 1, bn - 1, 3 * bk + 1}, {2 * bm - 3, 5, 37}, {7, 2 * bn + 1, 6 * bk - 1},
      {3, 3, 0}};
  for (int flags = 0; flags < 8; ++flags) {
    for (const auto &size : sizes) {
      for (int splits : {1, 3}) {
        if (splits > 1 && size[2] < 3 * bk) continue;
        if (!VARIANT.kernels[flags & 1][flags >> 1 & 1][flags >> 2]) continue;
        if (VARIANT.kind == TENSOROP_CUDA_TMA && size[2] == 0) continue;  // the library takes another kernel
        Case c{(flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, size[0], size[1], size[2], splits, 1, 1, 0};
        if (size[0] == 7) c.alpha = -2, c.beta = 3, c.batch = 2;
        if (!visit(c)) return false;
      }
    }
  }
  return true;
}

// What a case is made of before the kernel runs, the same in every program.
struct Problem {
  explicit Problem(const Case &c)
      : a(c.trans_a ? c.k : c.m, c.trans_a ? c.m : c.k, c.scalar, c.batch),
        b(c.trans_b ? c.n : c.k, c.trans_b ? c.k : c.n, c.scalar, c.batch),
        c(c.m, c.n, c.scalar, c.batch) {
    a.fill(1), b.fill(2);
    if (c.beta != 0) this->c.fill(3);
    args = arguments(c, a, b, this->c, partial);
  }
  Matrix a, b, c;
  std::vector<float> partial;
  tensorop_cuda_gemm args;
};

#endif
