// Reads what run_cases.cpp printed and holds it against a reference. It is linked with a description of the variant, not
// with its kernels: nothing that they do can reach it. Operands end at a page that cannot be touched; padding and C
// (where beta is 0) hold NaN. Prints the number of cases, or the first that is wrong.
#include <cstdio>

#include "cases.h"

namespace {

bool get(void *bytes, size_t size) { return fread(bytes, 1, size, stdin) == size; }

bool get(Matrix &x) { return get(x.values.memory(), x.values.bytes()); }

bool same(Matrix &x, Matrix &y) { return memcmp(x.values.memory(), y.values.memory(), x.values.bytes()) == 0; }

float result(const Case &c, Problem &after, float old, int batch, int i, int j) {
  const tensorop_cuda_gemm &args = after.args;
  if (args.splits == 1) return after.c.at(batch, i, j, false);
  float sum = 0;  // what `reduce` does
  for (int s = 0; s < args.splits; ++s) {
    sum += args.partial[(static_cast<int64_t>(batch) * args.splits + s) * c.n * args.ldp + i + j * args.ldp];
  }
  return static_cast<float>(Element(c.alpha * sum + (c.beta == 0 ? 0 : c.beta * old)));
}

const char *compare(const Case &c, Problem &before, Problem &after) {
  Matrix &a = before.a, &b = before.b, &out = after.c;
  for (int batch = 0; batch < c.batch; ++batch) {
    for (int j = 0; j < c.n; ++j) {
      for (int i = 0; i < c.m; ++i) {
        float sum = 0;
        for (int p = 0; p < c.k; ++p) sum += a.at(batch, i, p, c.trans_a) * b.at(batch, p, j, c.trans_b);
        const float old = before.c.at(batch, i, j, false);
        const float expected = c.alpha * sum + (c.beta == 0 ? 0 : c.beta * old);
        if (result(c, after, old, batch, i, j) != static_cast<float>(Element(expected))) return "a wrong element";
      }
    }
  }
  if (!same(a, after.a) || !same(b, after.b)) return "a store into A or B";
  if (!out.values.untouched([&](size_t i) { return out.inside(i); })) return "a store outside C";
  return nullptr;
}

const char *check(const Case &c) {
  static char said[FAULT];
  Problem before(c), after(c);
  std::vector<float> &partial = after.partial;
  const bool whole = get(said, FAULT) && get(after.a) && get(after.b) && get(after.c) &&
                     get(partial.data(), partial.size() * sizeof(float));
  if (!whole) return "it did not end, or touched what is not its own";
  said[FAULT - 1] = 0;
  return *said ? said : compare(c, before, after);
}

}  // namespace

int main() {
  int cases = 0;
  const bool good = all_cases([&](const Case &c) {
    const char *fault = check(c);
    if (fault) {
      printf("%s: op(A) %c, op(B) %c, %s, m %d n %d k %d, %d splits\n", fault, "NT"[c.trans_a], "NT"[c.trans_b],
             c.scalar ? "odd addresses" : "16-byte addresses", c.m, c.n, c.k, c.splits);
    }
    ++cases;
    return !fault;
  });
  if (good) printf("%d cases\n", cases);
  return !good;
}
