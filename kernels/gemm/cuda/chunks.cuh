/* Slabs of A and B in shared memory for Tensor Cores, copied by 16 bytes: PACK of the sm_80 kernel. Where an element lies
 * in a slab is said by a CuTe layout of (e, p), where e counts rows of op(A) or columns of op(B) and p steps of k. */
#ifndef TENSOROP_CHUNKS_CUH
#define TENSOROP_CHUNKS_CUH

#include "async_copy.cuh"

/* K_MAJOR: k is contiguous in memory and in the slab, else e. ODD: columns do not begin at multiples of 16 bytes. */
template <class Element, bool K_MAJOR, bool ODD, int EXTENT, int BK, int THREADS, class Layout>
class chunks {
  static constexpr int WIDTH = 16 / sizeof(Element);  // elements of one copy
  static constexpr int LINE = (K_MAJOR ? BK : EXTENT) / WIDTH, LINES = THREADS / LINE;
  static constexpr int COPIES = EXTENT * BK / WIDTH / THREADS;
  static_assert(LINE * LINES == THREADS && COPIES * THREADS * WIDTH == EXTENT * BK && COPIES <= 32);

  const Element *from_;
  int64_t ld_;
  int e_, p_, extent_;

 public:
  /* x: the operand's first element of this k; its elements first ... extent - 1 along e are wanted. */
  __device__ chunks(const Element *x, int64_t ld, int first, int extent) : ld_(ld), extent_(extent - first) {
    const int along = threadIdx.x % LINE * WIDTH, line = threadIdx.x / LINE;
    e_ = K_MAJOR ? line : along;
    p_ = K_MAJOR ? along : line;
    from_ = x + (K_MAJOR ? (first + e_) * ld + p_ : first + e_ + p_ * ld);
  }

  /* Begins to copy the next BK steps, of which `depth` are there: the others, and what lies past the edge, become zero. */
  __device__ void copy(Element *slab, int depth) {
#pragma unroll
    for (int i = 0; i < COPIES; ++i) {
      const int e = e_ + (K_MAJOR ? i * LINES : 0), p = p_ + (K_MAJOR ? 0 : i * LINES);
      const int left = K_MAJOR ? depth - p : extent_ - e;  // along the chunk
      const bool there = K_MAJOR ? e < extent_ : p < depth;
      const int wanted = !there || left < 0 ? 0 : left < WIDTH ? left : WIDTH;
      const Element *from = from_ + i * LINES * ld_;
      if constexpr (ODD) {
#pragma unroll
        for (int j = 0; j < WIDTH; ++j) {
          slab[Layout{}(K_MAJOR ? e : e + j, K_MAJOR ? p + j : p)] = j < wanted ? from[j] : Element(0);
        }
      } else {
        async_copy<16>(slab + Layout{}(e, p), from, wanted * int(sizeof(Element)));
      }
    }
    from_ += K_MAJOR ? BK : BK * ld_;
  }
};

#endif
