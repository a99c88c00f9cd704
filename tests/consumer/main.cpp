// The same from C++: the headers must be usable there.
#include <iostream>
#include <tensorop/tensorop.h>
#include <vector>

int main() {
  const std::vector<float> a{1, 2, 3, 4}, b{5, 6, 7, 8};
  std::vector<float> c(4);
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, 2, 2, 2, 1.0F, a.data(), 2, b.data(), 2, 0.0F, c.data(), 2);
  const std::vector<float> want{17, 23, 39, 53};
  std::cout << (c == want ? "product correct" : "product WRONG") << '\n';
  return c == want ? 0 : 1;
}
