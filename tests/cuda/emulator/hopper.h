// hopper.cuh on the CPU: copies land at once, barriers count arrivals and bytes, wgmma follows
// its descriptors through shared memory as the PTX ISA describes it.
#ifndef EMULATED_HOPPER_H
#define EMULATED_HOPPER_H

#define TENSOROP_HOPPER_CUH
#include <cuda.h>

namespace emulated {

// What the bytes of a CUtensorMap hold here: a column-major operand of halves, its boxes 64 rows by `across` columns.
struct box_map {
  const uint16_t *data;
  int64_t sizes[3], ld, stride;
  int across;
};

// Rows of 128 bytes: bits 4 to 6 of an address are combined with bits 7 to 9.
inline uint32_t swizzled(uint32_t address) { return address ^ (address >> 7 & 7) << 4; }

template <class Op>
struct wgmma {
  using DRegisters = void;
};

// Element (e, k) of an operand; leading and stride byte offsets as the descriptor's fields mean them.
template <class Element, bool K_MAJOR>
float operand_element(cute::GmmaDescriptor at, int e, int k) {
  const uint32_t start = at.bitfield.start_address_ << 4, stride = at.bitfield.stride_byte_offset_ << 4;
  const uint32_t leading = at.bitfield.leading_byte_offset_ << 4;
  const uint32_t address = K_MAJOR ? start + e / 8 * stride + e % 8 * 128 + 2 * k
                                   : start + e / 64 * leading + k / 8 * stride + k % 8 * 128 + e % 64 * 2;
  return static_cast<float>(
      *reinterpret_cast<const Element *>(static_cast<char *>(shared_memory()) + swizzled(address)));
}

}  // namespace emulated

namespace cute {
template <template <GMMA::Major, GMMA::Major, GMMA::ScaleIn, GMMA::ScaleIn> class Op, GMMA::Major A, GMMA::Major B,
          GMMA::ScaleIn SA, GMMA::ScaleIn SB>
struct MMA_Traits<emulated::wgmma<Op<A, B, SA, SB>>> : MMA_Traits<Op<A, B, SA, SB>> {
  static constexpr bool K_MAJOR_A = A == GMMA::Major::K, K_MAJOR_B = B == GMMA::Major::K;
};

// D (64 x N) = A (64 x 16) * B (N x 16) + D, of which each thread of the warpgroup has its part.
template <class Op, class TD, class LD, class TA, class LA, class TB, class LB, class TC, class LC>
void mma_unpack(const MMA_Traits<emulated::wgmma<Op>> &traits, Tensor<TD, LD> &d, const Tensor<TA, LA> &a,
                const Tensor<TB, LB> &b, const Tensor<TC, LC> &) {
  using Traits = MMA_Traits<emulated::wgmma<Op>>;
  const GmmaDescriptor rows = a(0), columns = b(0);
  const int thread = static_cast<int>(emulated::thread.x % 128), lane = thread % 32;
  for (int i = 0; i < int(size(d)); ++i) {
    const int row = thread / 32 * 16 + lane / 4 + i / 2 % 2 * 8, column = i / 4 * 8 + lane % 4 * 2 + i % 2;
    float sum = traits.accumulate_ == GMMA::ScaleOut::Zero ? 0 : d(i);
    for (int k = 0; k < 16; ++k) {
      sum += emulated::operand_element<typename Traits::ValTypeA, Traits::K_MAJOR_A>(rows, row, k) *
             emulated::operand_element<typename Traits::ValTypeB, Traits::K_MAJOR_B>(columns, column, k);
    }
    d(i) = sum;
  }
}
}  // namespace cute

namespace hopper {

template <class Op>
using wgmma = emulated::wgmma<Op>;

struct barrier {
  uint8_t phase, expected;
  int16_t arrivals;  // of this phase that are still to come
  int32_t bytes;
  void settle() {
    if (arrivals == 0 && bytes == 0) phase ^= 1, arrivals = expected;
  }
};

inline void init(barrier &at, int arrivals) {
  at = {0, static_cast<uint8_t>(arrivals), static_cast<int16_t>(arrivals), 0};
}
inline void wait(barrier &at, int phase) {
  while (at.phase == phase) emulated::pause();
}
inline void arrive_and_expect(barrier &at, int bytes) { at.bytes += bytes, --at.arrivals, at.settle(); }
// The same place in the shared memory of another block of the cluster.
template <class T>
T &same_place(T &here, int block) {
  const auto offset = reinterpret_cast<char *>(&here) - static_cast<char *>(emulated::shared_memory());
  return *reinterpret_cast<T *>(static_cast<char *>(emulated::shared_memory(block)) + offset);
}
inline void arrive_at(barrier &at, int block, bool really) {
  if (!really) return;
  barrier &there = same_place(at, block);
  --there.arrivals, there.settle();
}
inline int rank() { return emulated::rank(); }
template <int CLUSTER>
void publish_barriers() {
  emulated::barrier();
}
inline void fence_barriers() {}
inline void prefetch(const CUtensorMap &) {}

template <int BLOCKS>
void copy_box(const CUtensorMap &opaque, barrier &arrived, void *to, int x, int y, int z) {
  emulated::box_map map;
  memcpy(&map, &opaque, sizeof map);
  const auto box = static_cast<uint32_t>(static_cast<char *>(to) - static_cast<char *>(emulated::shared_memory()));
  if (box % 1024) emulated::fail("a box that does not begin at a multiple of 1024 bytes");
  for (int block = 0; block < BLOCKS; ++block) {
    const int there = BLOCKS > 1 ? block : rank();
    char *const start = static_cast<char *>(emulated::shared_memory(there));
    for (int j = 0; j < map.across; ++j) {
      for (int i = 0; i < 64; ++i) {
        const bool inside = x + i < map.sizes[0] && y + j < map.sizes[1] && z < map.sizes[2];
        const uint16_t element = inside ? map.data[z * map.stride + (y + j) * map.ld + x + i] : 0;
        memcpy(start + emulated::swizzled(box + 128 * j + 2 * i), &element, sizeof element);
      }
    }
    barrier &at = same_place(arrived, there);
    at.bytes -= 128 * map.across, at.settle();
  }
}

template <int REGISTERS>
void give_registers_back() {}
template <int REGISTERS>
void take_registers() {}
inline void begin_products() {}
inline void commit_products() {}
template <int PENDING>
void wait_products() {}

}  // namespace hopper

#endif
