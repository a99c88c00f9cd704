/* The ring of stages in shared memory: the copy engine fills them with slabs, warpgroups multiply and give them back. */
#ifndef TENSOROP_TMA_RING_CUH
#define TENSOROP_TMA_RING_CUH

#include "hopper.cuh"

/* Where producer or consumer stands; phase flips with each round. */
template <int STAGES>
struct ring_position {
  int stage, phase;
  __device__ ring_position &operator++() {
    if (++stage == STAGES) stage = 0, phase ^= 1;
    return *this;
  }
};

/* full: the slabs of a stage have arrived; empty: all warps of the cluster have read theirs. */
template <class Element, int BM, int BN, int BK, int STAGES>
struct alignas(1024) tma_ring {
  static constexpr int BYTES = (BM + BN) * BK * int(sizeof(Element));  // of a stage
  Element a[STAGES][BM * BK], b[STAGES][BN * BK];
  hopper::barrier full[STAGES], empty[STAGES];

  /* One thread of the block calls it; the barriers are the cluster's only after hopper::publish_barriers. */
  __device__ void init(int readers) {
    for (int stage = 0; stage < STAGES; ++stage) {
      hopper::init(full[stage], 1);
      hopper::init(empty[stage], readers);
    }
    hopper::fence_barriers();
  }

  /* Each warp tells each block of the cluster that it has read a stage: wgmma.wait_group waits for the products of the
   * warp that executes it, and the warps of a warpgroup need not be equally far. lane: of a thread in its warp. */
  template <int CLUSTER>
  __device__ void release(int stage, int lane) {
    hopper::arrive_at(empty[stage], lane, lane < CLUSTER);
  }
};

/* Has the copy engine fetch a slab of EXTENT x BK: in one box where k is contiguous, else in boxes of 64 along e. With
 * BLOCKS > 1 each block of the cluster fetches its part, for all of them. */
template <bool K_MAJOR, int EXTENT, int BK, int BLOCKS, class Element>
__device__ void fetch_slab(const CUtensorMap &map, hopper::barrier &full, Element *slab, int e, int k, int batch) {
  constexpr int PART = EXTENT / BLOCKS, BOX = K_MAJOR ? PART : 64;
  const int first = BLOCKS > 1 ? hopper::rank() * PART : 0;
#pragma unroll
  for (int offset = 0; offset < PART; offset += BOX) {
    const int there = e + first + offset;
    hopper::copy_box<BLOCKS>(map, full, slab + (first + offset) * BK, K_MAJOR ? k : there, K_MAJOR ? there : k, batch);
  }
}

#endif
