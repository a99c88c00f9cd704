// Runs one variant of a kernel on the CPU. Writes into a file what is in memory after each case: whether something stopped
// it, then the whole of A, B, C and the splits' sums. What that is worth is said by another program, judge.cpp.
#include <cstdio>

#include "cases.h"
#include "start.h"

namespace {

FILE *left;

bool put(const void *bytes, size_t size) { return fwrite(bytes, 1, size, left) == size; }

bool put(Matrix &x) { return put(x.values.memory(), x.values.bytes()); }

bool run(const Case &c) {
  Problem problem(c);
  const char *fault = start(c, problem.args, problem.a, problem.b);
  char said[FAULT] = {};
  if (fault) strncpy(said, fault, FAULT - 1);
  const std::vector<float> &partial = problem.partial;
  return put(said, FAULT) && put(problem.a) && put(problem.b) && put(problem.c) &&
         put(partial.data(), partial.size() * sizeof(float)) && fflush(left) == 0 && !fault;
}

}  // namespace

int main(int count, char **words) {
  left = count == 2 ? fopen(words[1], "wb") : nullptr;
  return left && all_cases(run) ? 0 : 1;
}
