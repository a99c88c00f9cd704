// wgmma on the CPU: it follows its descriptors through shared memory as the PTX ISA describes it, and no sooner than the
// thread waits for it, so that operands that were overwritten before show.
#ifndef EMULATED_WGMMA_H
#define EMULATED_WGMMA_H

#include <deque>
#include <map>
#include <vector>

namespace emulated {

using Product = std::function<void()>;
struct Products {
  bool begun = false;
  std::vector<Product> open;  // not yet committed
  std::deque<std::vector<Product>> groups;  // committed, oldest first
};

// Of every thread, by block of the cluster and number.
inline std::map<std::pair<int, unsigned>, Products> products;

// Where the lanes of a warp meet, whose products are done at the same time; by block of the cluster and warp.
struct Meeting {
  int there = 0, round = 0;
};
inline std::map<std::pair<int, unsigned>, Meeting> meetings;
inline void meet() {
  Meeting &here = meetings[{rank(), thread.x / 32}];
  const int round = here.round;
  if (++here.there == 32) here.there = 0, ++here.round;
  while (here.round == round) pause();
}

// The warps of a warpgroup are not equally far: each is late by another number of turns.
inline void lag() {
  const unsigned warp = thread.x / 32;
  for (unsigned turns = (5 * warp + 3 * meetings[{rank(), warp}].round) % 8; turns > 0; --turns) pause();
}

inline Products &my_products() { return products[{rank(), thread.x}]; }
inline bool all_products_done() {
  for (const auto &[who, mine] : products) {
    if (!mine.open.empty() || !mine.groups.empty()) return false;
  }
  return true;
}

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
  const bool zero = traits.accumulate_ == GMMA::ScaleOut::Zero;
  const int thread = static_cast<int>(emulated::thread.x % 128), lane = thread % 32;
  emulated::Products &mine = emulated::my_products();
  if (!mine.begun) emulated::fail("a product before wgmma.fence");
  mine.open.push_back([=, sums = make_tensor(d.data(), d.layout())]() mutable {
    for (int i = 0; i < int(size(sums)); ++i) {
      const int row = thread / 32 * 16 + lane / 4 + i / 2 % 2 * 8, column = i / 4 * 8 + lane % 4 * 2 + i % 2;
      float sum = zero ? 0 : sums(i);
      for (int k = 0; k < 16; ++k) {
        sum += emulated::operand_element<typename Traits::ValTypeA, Traits::K_MAJOR_A>(rows, row, k) *
               emulated::operand_element<typename Traits::ValTypeB, Traits::K_MAJOR_B>(columns, column, k);
      }
      sums(i) = sum;
    }
  });
}
}  // namespace cute

namespace hopper {

template <class Op>
using wgmma = emulated::wgmma<Op>;

inline void begin_products() { emulated::my_products().begun = true; }
inline void commit_products() {
  emulated::Products &mine = emulated::my_products();
  mine.groups.push_back(std::move(mine.open));
  mine.open.clear(), mine.begun = false;
}
template <int PENDING>
void wait_products() {
  emulated::lag();
  auto &groups = emulated::my_products().groups;
  for (; int(groups.size()) > PENDING; groups.pop_front()) {
    for (const emulated::Product &product : groups.front()) product();
  }
  emulated::meet();
}

}  // namespace hopper

#endif
