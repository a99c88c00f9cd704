// Runs one variant of a kernel on the CPU, against a reference: all transposes, odd sizes, unaligned operands, splits of
// k, batches. Data are small integers, so that sums are exact. The operands end at a page that cannot be touched; padding
// and C (where beta is 0) hold NaN. Prints the number of cases. -DVARIANT=its symbol -DELEMENT=type of a matrix element
#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "variant.h"

extern "C" const tensorop_cuda_variant VARIANT;

namespace {

using Element = ELEMENT;
constexpr size_t PAGE = 4096;
constexpr int WIDTH = 16 / sizeof(Element);  // elements of 16 bytes

// Elements that end, but for `slack` of them, at a page that cannot be touched; all NaN at first.
class Guarded {
 public:
  Guarded(size_t count, size_t slack)
      : count_(count), pages_(((count + slack) * sizeof(Element) + PAGE - 1) / PAGE * PAGE) {
    memory_ =
        static_cast<char *>(mmap(nullptr, pages_ + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    memset(memory_, 0xff, pages_);
    mprotect(memory_ + pages_, PAGE, PROT_NONE);
    data_ = reinterpret_cast<Element *>(memory_ + pages_) - count - slack;
  }
  ~Guarded() { munmap(memory_, pages_ + PAGE); }
  Guarded(const Guarded &) = delete;
  Guarded &operator=(const Guarded &) = delete;
  Element *data() { return data_; }
  // Whether everything before the data and all that `inside` does not claim is still NaN.
  template <class Inside>
  bool untouched(Inside inside) const {
    for (const Element *x = reinterpret_cast<Element *>(memory_); x < data_; ++x) {
      if (!std::isnan(static_cast<float>(*x))) return false;
    }
    for (size_t i = 0; i < count_; ++i) {
      if (!inside(i) && !std::isnan(static_cast<float>(data_[i]))) return false;
    }
    return true;
  }

 private:
  size_t count_, pages_;
  char *memory_;
  Element *data_;
};

struct Case {
  bool trans_a, trans_b, scalar;
  int m, n, k, splits, batch;
  float alpha, beta;
};

int small_integer() { return rand() % 9 - 4; }

// The columns of a matrix, with NaN between them; the last one ends with its last element.
struct Matrix {
  Matrix(int rows, int columns, bool scalar, int batch)
      : rows(rows),
        ld(scalar ? rows + 1 : (rows + WIDTH - 1) / WIDTH * WIDTH + WIDTH),
        stride(ld * columns + (scalar ? 3 : WIDTH)),
        size(columns * rows == 0 ? 0 : stride * (batch - 1) + ld * (columns - 1) + rows),
        values(size, scalar ? 0 : (WIDTH - size % WIDTH) % WIDTH) {}
  bool inside(size_t i) const { return i % stride % ld < static_cast<size_t>(rows); }
  void fill() {
    for (size_t i = 0; i < size; ++i) {
      if (inside(i)) values.data()[i] = Element(static_cast<float>(small_integer()));
    }
  }
  float at(int batch, int row, int column, bool trans) {
    return static_cast<float>(values.data()[batch * stride + (trans ? row * ld + column : column * ld + row)]);
  }
  int rows;
  int64_t ld;
  size_t stride, size;
  Guarded values;
};

tensorop_cuda_gemm arguments(const Case &c, Matrix &a, Matrix &b, Matrix &out, std::vector<float> &partial) {
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

float result(const Case &c, const tensorop_cuda_gemm &args, Matrix &out, float old, int batch, int i, int j) {
  if (args.splits == 1) return out.at(batch, i, j, false);
  float sum = 0;  // what `reduce` does
  for (int s = 0; s < args.splits; ++s) {
    sum += args.partial[(static_cast<int64_t>(batch) * args.splits + s) * c.n * args.ldp + i + j * args.ldp];
  }
  return static_cast<float>(Element(c.alpha * sum + (c.beta == 0 ? 0 : c.beta * old)));
}

using Kernel = const void *;

const char *start(const tensorop_cuda_gemm &args, Kernel kernel) {
  const dim3 grid{static_cast<unsigned>(args.tiles_m * args.tiles_n), static_cast<unsigned>(args.splits),
                  static_cast<unsigned>(args.batch)};
  const auto run = reinterpret_cast<void (*)(tensorop_cuda_gemm)>(const_cast<void *>(kernel));
  return emulated::run(grid, VARIANT.threads, VARIANT.shared, [&] { run(args); });
}

#ifdef EMULATE_TENSOR_CORES
CUtensorMap map_of(Matrix &x, int columns, int batch, int across) {
  const emulated::box_map map{reinterpret_cast<const uint16_t *>(x.values.data()),
                              {x.rows, columns, batch},
                              x.ld,
                              static_cast<int64_t>(x.stride),
                              across};
  CUtensorMap opaque{};
  static_assert(sizeof map <= sizeof opaque);
  memcpy(&opaque, &map, sizeof map);
  return opaque;
}

// Two clusters, however many tiles there are; boxes as the library's launch.c asks for them.
const char *start_tma(const Case &c, const tensorop_cuda_gemm &args, Kernel kernel, Matrix &a, Matrix &b) {
  const CUtensorMap map_a = map_of(a, c.trans_a ? c.m : c.k, c.batch, c.trans_a ? VARIANT.bm : VARIANT.bk);
  const CUtensorMap map_b =
      map_of(b, c.trans_b ? c.k : c.n, c.batch, c.trans_b ? VARIANT.bk : VARIANT.bn / VARIANT.cluster);
  const auto run = reinterpret_cast<void (*)(CUtensorMap, CUtensorMap, tensorop_cuda_gemm)>(const_cast<void *>(kernel));
  const dim3 grid{2u * VARIANT.cluster, 1, 1};
  return emulated::run(grid, VARIANT.threads, VARIANT.shared, [&] { run(map_a, map_b, args); }, VARIANT.cluster);
}
#endif

const char *start(const Case &c, const tensorop_cuda_gemm &args, Matrix &a, Matrix &b) {
  const Kernel kernel = VARIANT.kernels[c.trans_a][c.trans_b][c.scalar];
#ifdef EMULATE_TENSOR_CORES
  if (VARIANT.kind == TENSOROP_CUDA_TMA) return start_tma(c, args, kernel, a, b);
#endif
  (void)a, (void)b;
  return start(args, kernel);
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
