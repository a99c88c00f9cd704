/* What sm_90a adds: the copy engine, barriers that count its bytes, wgmma, clusters; as CuTe and CUTLASS wrap them. */
#ifndef TENSOROP_HOPPER_CUH
#define TENSOROP_HOPPER_CUH

#include <cuda.h>
#include <cutlass/arch/barrier.h>
#include <cutlass/arch/reg_reconfig.h>

#include <cute/arch/cluster_sm90.hpp>
#include <cute/arch/copy_sm90_desc.hpp>
#include <cute/arch/copy_sm90_tma.hpp>
#include <cute/arch/mma_sm90.hpp>

namespace hopper {

using barrier = uint64_t;

/* An instruction of CuTe's. */
template <class Op>
using wgmma = Op;

/* A barrier's phase ends after `arrivals` and as many bytes as were announced. */
__device__ inline void init(barrier &at, int arrivals) { cutlass::arch::ClusterBarrier::init(&at, arrivals); }
__device__ inline void wait(barrier &at, int phase) { cutlass::arch::ClusterBarrier::wait(&at, phase); }
__device__ inline void arrive_and_expect(barrier &at, int bytes) {
  cutlass::arch::ClusterTransactionBarrier::arrive_and_expect_tx(&at, bytes);
}
/* At the same barrier of another block of the cluster. */
__device__ inline void arrive_at(barrier &at, int block, bool really) {
  cutlass::arch::ClusterBarrier::arrive(&at, block, really);
}

__device__ inline int rank() { return static_cast<int>(cute::block_rank_in_cluster()); }

/* After this all threads of the cluster see the barriers. */
template <int CLUSTER>
__device__ void publish_barriers() {
  if constexpr (CLUSTER > 1) {
    cute::cluster_sync();
  } else {
    __syncthreads();
  }
}
__device__ inline void fence_barriers() { cutlass::arch::fence_barrier_init(); }
__device__ inline void prefetch(const CUtensorMap &map) {
  cute::prefetch_tma_descriptor(reinterpret_cast<const cute::TmaDescriptor *>(&map));
}

/* Copies the box at x, y, z; its bytes count at the barrier. BLOCKS > 1: to the same place in each block of the cluster. */
template <int BLOCKS>
__device__ void copy_box(const CUtensorMap &map, barrier &arrived, void *to, int x, int y, int z) {
  constexpr uint64_t HINT = static_cast<uint64_t>(cute::TMA::CacheHintSm90::EVICT_NORMAL);
  if constexpr (BLOCKS > 1) {
    cute::SM90_TMA_LOAD_MULTICAST_3D::copy(&map, &arrived, (1 << BLOCKS) - 1, HINT, to, x, y, z);
  } else {
    cute::SM90_TMA_LOAD_3D::copy(&map, &arrived, HINT, to, x, y, z);
  }
}

template <int REGISTERS>
__device__ void give_registers_back() {
  cutlass::arch::warpgroup_reg_dealloc<REGISTERS>();
}
template <int REGISTERS>
__device__ void take_registers() {
  cutlass::arch::warpgroup_reg_alloc<REGISTERS>();
}

__device__ inline void begin_products() { cute::warpgroup_arrive(); }
__device__ inline void commit_products() { cute::warpgroup_commit_batch(); }
template <int PENDING>
__device__ void wait_products() {
  cute::warpgroup_wait<PENDING>();
}

}  // namespace hopper

#endif
