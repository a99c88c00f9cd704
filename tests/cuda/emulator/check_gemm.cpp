// Runs one variant of a kernel on the CPU, against a reference: all transposes, odd sizes, unaligned operands, splits of
// k, batches. The operands end at a page that cannot be touched; padding and C (where beta is 0) hold NaN. Prints the
// number of cases, or the first that is wrong.
#include <cstdio>

#include "start.h"

namespace {

float result(const Case &c, const tensorop_cuda_gemm &args, Matrix &out, float old, int batch, int i, int j) {
  if (args.splits == 1) return out.at(batch, i, j, false);
  float sum = 0;  // what `reduce` does
  for (int s = 0; s < args.splits; ++s) {
    sum += args.partial[(static_cast<int64_t>(batch) * args.splits + s) * c.n * args.ldp + i + j * args.ldp];
  }
  return static_cast<float>(Element(c.alpha * sum + (c.beta == 0 ? 0 : c.beta * old)));
}

const char *check(const Case &c) {
  Matrix a(c.trans_a ? c.k : c.m, c.trans_a ? c.m : c.k, c.scalar, c.batch);
  Matrix b(c.trans_b ? c.n : c.k, c.trans_b ? c.k : c.n, c.scalar, c.batch);
  Matrix out(c.m, c.n, c.scalar, c.batch);
  a.fill(), b.fill();
  if (c.beta != 0) out.fill();
  const std::vector<Element> old(out.values.data(), out.values.data() + out.size);
  std::vector<float> partial;
  const tensorop_cuda_gemm args = arguments(c, a, b, out, partial);
  if (const char *fault = start(c, args, a, b)) return fault;
  for (int batch = 0; batch < c.batch; ++batch) {
    for (int j = 0; j < c.n; ++j) {
      for (int i = 0; i < c.m; ++i) {
        float sum = 0;
        for (int p = 0; p < c.k; ++p) sum += a.at(batch, i, p, c.trans_a) * b.at(batch, p, j, c.trans_b);
        const float before = static_cast<float>(old[batch * out.stride + j * out.ld + i]);
        const float expected = c.alpha * sum + (c.beta == 0 ? 0 : c.beta * before);
        if (result(c, args, out, before, batch, i, j) != static_cast<float>(Element(expected)))
          return "a wrong element";
      }
    }
  }
  if (!out.values.untouched([&](size_t i) { return out.inside(i); })) return "a store outside C";
  return nullptr;
}

}  // namespace

int main() {
  const int bm = VARIANT.bm, bn = VARIANT.bn, bk = VARIANT.bk;
  const int sizes[][3] = {
      {1, 1, 1}, {bm, bn, bk}, {bm + 1, bn - 1, 3 * bk + 1}, {2 * bm - 3, 5, 37}, {7, 2 * bn + 1, 6 * bk - 1},
      {3, 3, 0}};
  int cases = 0;
  for (int flags = 0; flags < 8; ++flags) {
    for (const auto &size : sizes) {
      for (int splits : {1, 3}) {
        if (splits > 1 && size[2] < 3 * bk) continue;
        if (!VARIANT.kernels[flags & 1][flags >> 1 & 1][flags >> 2]) continue;
        if (VARIANT.kind == TENSOROP_CUDA_TMA && size[2] == 0) continue;  // the library takes another kernel
        Case c{(flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, size[0], size[1], size[2], splits, 1, 1, 0};
        if (size[0] == 7) c.alpha = -2, c.beta = 3, c.batch = 2;
        if (const char *fault = check(c)) {
          printf("%s: op(A) %c, op(B) %c, %s, m %d n %d k %d, %d splits\n", fault, "NT"[c.trans_a], "NT"[c.trans_b],
                 c.scalar ? "odd addresses" : "16-byte addresses", c.m, c.n, c.k, c.splits);
          return 1;
        }
        ++cases;
      }
    }
  }
  printf("%d cases\n", cases);
}
