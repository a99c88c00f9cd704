// One product: its matrices, and the kernel's argument that says it. -DVARIANT=a kernel's symbol -DELEMENT=its matrices' type
#ifndef PROBLEM_H
#define PROBLEM_H

#include <random>
#include <vector>

#include "guarded.h"
#include "variant.h"

extern "C" const tensorop_cuda_variant VARIANT;
using Element = ELEMENT;

constexpr size_t FAULT = 64;  // bytes of the words that say what stopped a case

// scalar: columns do not begin at multiples of 16 bytes.
struct Case {
  bool trans_a, trans_b, scalar;
  int m, n, k, splits, batch;
  float alpha, beta;
};

// The columns of a matrix, with NaN between them; the last one ends with its last element.
struct Matrix {
  static constexpr int WIDTH = 16 / sizeof(Element);  // elements of 16 bytes

  Matrix(int rows, int columns, bool scalar, int batch)
      : rows(rows),
        ld(scalar ? rows + 1 : (rows + WIDTH - 1) / WIDTH * WIDTH + WIDTH),
        stride(ld * columns + (scalar ? 3 : WIDTH)),
        size(columns * rows == 0 ? 0 : stride * (batch - 1) + ld * (columns - 1) + rows),
        values(size, scalar ? 0 : (WIDTH - size % WIDTH) % WIDTH) {}
  bool inside(size_t i) const { return i % stride % ld < static_cast<size_t>(rows); }
  // Small integers, whose products have exact sums; the same for a seed.
  void fill(unsigned seed) {
    std::minstd_rand next(seed);
    for (size_t i = 0; i < size; ++i) {
      if (inside(i)) values.data()[i] = Element(static_cast<float>(next() % 9) - 4);
    }
  }
  float at(int batch, int row, int column, bool trans) {
    return static_cast<float>(values.data()[batch * stride + (trans ? row * ld + column : column * ld + row)]);
  }
  int rows;
  int64_t ld;
  size_t stride, size;
  Guarded<Element> values;
};

inline tensorop_cuda_gemm arguments(const Case &c, Matrix &a, Matrix &b, Matrix &out, std::vector<float> &partial) {
  const tensorop_cuda_variant &v = VARIANT;
  tensorop_cuda_gemm args{};
  args.a = a.values.data(), args.b = b.values.data(), args.c = out.values.data();
  args.lda = a.ld, args.ldb = b.ld, args.ldc = out.ld;
  args.stride_a = a.stride, args.stride_b = b.stride, args.stride_c = out.stride;
  args.m = c.m, args.n = c.n, args.k = c.k, args.alpha = c.alpha, args.beta = c.beta;
  args.k_per_split = (c.k / c.splits / v.bk + 1) * v.bk;
  args.splits = c.k == 0 ? 1 : (c.k + args.k_per_split - 1) / args.k_per_split;
  args.ldp = (c.m + 3) / 4 * 4;
  partial.assign(args.ldp * c.n * args.splits * c.batch + 4, NAN);
  args.partial = partial.data() + (4 - reinterpret_cast<uintptr_t>(partial.data()) / 4 % 4) % 4;
  args.tiles_m = ((c.m + v.bm - 1) / v.bm + v.cluster - 1) / v.cluster * v.cluster,
  args.tiles_n = (c.n + v.bn - 1) / v.bn, args.batch = c.batch;
  args.vector_c = !c.scalar;
  return args;
}

#endif
