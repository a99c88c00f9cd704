/* Slabs of A and B in shared memory: PACK of the CUDA-core kernel. A slab is k-major, slab[p * PITCH + e], where e counts
 * rows of op(A) or columns of op(B). */
#ifndef TENSOROP_OPERAND_CUH
#define TENSOROP_OPERAND_CUH

#include "async_copy.cuh"

/* How the operand lies in memory. VECTOR, SCALAR: e is contiguous, read by 16 bytes or (odd addresses) by 4.
 * TRANSPOSING: k is contiguous; a warp reads 8 steps of k by 4 of e and scatters them without bank conflicts. */
enum class access { VECTOR, SCALAR, TRANSPOSING };

template <access ACCESS, int EXTENT, int BK, int THREADS, int PITCH>
class operand {
  static constexpr int WIDTH = ACCESS == access::VECTOR ? 4 : 1;  // floats of one copy
  static constexpr int ACROSS_E = ACCESS == access::TRANSPOSING ? THREADS / 8
                                  : EXTENT / WIDTH < THREADS    ? EXTENT / WIDTH
                                                                : THREADS;
  static constexpr int ACROSS_K = THREADS / ACROSS_E;
  static constexpr int COPIES_E = EXTENT / (ACROSS_E * WIDTH);
  static constexpr int COPIES_K = BK / ACROSS_K;
  static_assert(ACROSS_E * ACROSS_K == THREADS && COPIES_E * ACROSS_E * WIDTH == EXTENT && COPIES_K * ACROSS_K == BK);

  const float *from_[COPIES_E];
  int64_t stride_;  // of k
  int bytes_[COPIES_E];
  int e_, p_;

 public:
  /* x: the operand's first element of this slab's k; its elements first ... extent - 1 along e are wanted. */
  __device__ operand(const float *x, int64_t ld, int first, int extent) {
    const int thread = threadIdx.x;
    e_ = WIDTH * (ACCESS == access::TRANSPOSING ? thread / 8 : thread % ACROSS_E);
    p_ = ACCESS == access::TRANSPOSING ? thread % 8 : thread / ACROSS_E;
    stride_ = ACCESS == access::TRANSPOSING ? 1 : ld;
#pragma unroll
    for (int i = 0; i < COPIES_E; ++i) {
      const int wanted = first + e_ + i * ACROSS_E * WIDTH;
      // What lies past the edge is never stored, so that any valid element will do in its place.
      const int e = wanted < extent ? wanted : extent - 1 - (extent - 1) % WIDTH;
      from_[i] = x + e * (ACCESS == access::TRANSPOSING ? ld : 1) + p_ * stride_;
      bytes_[i] = 4 * (extent - e < WIDTH ? extent - e : WIDTH);
    }
  }

  /* Begins to copy a slab of BK steps. */
  __device__ void copy(float *slab) const {
#pragma unroll
    for (int j = 0; j < COPIES_K; ++j) {
#pragma unroll
      for (int i = 0; i < COPIES_E; ++i) {
        const float *from = from_[i] + j * ACROSS_K * stride_;
        if constexpr (WIDTH == 1) {
          async_copy<4>(at(slab, i, j), from);
        } else {
          async_copy<16>(at(slab, i, j), from, bytes_[i]);
        }
      }
    }
  }

  /* The same for a slab of which only `depth` steps are there; the others become zero. */
  __device__ void copy_part(float *slab, int depth) const {
#pragma unroll
    for (int j = 0; j < COPIES_K; ++j) {
      const bool there = p_ + j * ACROSS_K < depth;
#pragma unroll
      for (int i = 0; i < COPIES_E; ++i) {
        async_copy<4 * WIDTH>(at(slab, i, j), from_[i] + (there ? j * ACROSS_K : -p_) * stride_, there ? bytes_[i] : 0);
      }
    }
  }

  __device__ void advance(int depth) {
#pragma unroll
    for (int i = 0; i < COPIES_E; ++i) from_[i] += depth * stride_;
  }

 private:
  __device__ float *at(float *slab, int i, int j) const {
    return slab + (p_ + j * ACROSS_K) * PITCH + e_ + i * ACROSS_E * WIDTH;
  }
};

#endif
