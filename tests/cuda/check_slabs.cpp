// The slabs of Tensor Core kernels by CuTe's own algebra: every element has a place of its own, the copy engine's boxes
// lie where wgmma looks for them, copies and reads meet in no bank, every element of C has one owner.
#include <cstdio>
#include <set>
#include <vector>

#include <cute/tensor.hpp>

#include "mma_layouts.cuh"
#include "tma_slab.cuh"

using namespace cute;

namespace {

int faults = 0;

void expect(bool good, const char *what, const char *where) {
  if (!good) printf("%s: %s\n", where, what), ++faults;
}

// Whether 32 lanes' accesses of BYTES each touch every bank at most as often as they must.
template <int BYTES>
bool spread(const std::vector<int> &addresses) {
  for (size_t first = 0; first < addresses.size(); first += 128 / BYTES) {  // what the banks give in one turn
    std::set<int> banks;
    for (size_t i = first; i < first + 128 / BYTES; ++i) banks.insert(addresses[i] % 128 / BYTES);
    if (banks.size() != 128 / BYTES) return false;
  }
  return true;
}

template <class Layout>
bool one_place_each(Layout layout) {
  std::set<int> places;
  for (int i = 0; i < int(size(layout)); ++i) places.insert(int(layout(i)));
  return int(places.size()) == int(size(layout)) && *places.rbegin() == int(size(layout)) - 1;
}

template <class Element, bool K_MAJOR, int EXTENT, int BK>
void check_mma(const char *where) {
  using Layout = typename mma_slab<int(sizeof(Element)), K_MAJOR, EXTENT, BK>::layout;
  constexpr int CHUNK = 16 / sizeof(Element), BYTES = sizeof(Element);
  const Layout layout;
  expect(one_place_each(layout), "two elements in one place, or gaps", where);
  bool whole = true;
  for (int e = 0; e < EXTENT; ++e) {
    for (int p = 0; p < BK; ++p) {
      const int start = K_MAJOR ? layout(e, p / CHUNK * CHUNK) : layout(e / CHUNK * CHUNK, p);
      whole &= layout(e, p) == start + (K_MAJOR ? p : e) % CHUNK && start % CHUNK == 0;
    }
  }
  expect(whole, "16 bytes of a copy are torn", where);
  std::vector<int> stores, reads;
  for (int lane = 0; lane < 32; ++lane) {
    const int line = (K_MAJOR ? BK : EXTENT) / CHUNK;
    const int along = lane % line * CHUNK, other = lane / line;
    stores.push_back(BYTES * (K_MAJOR ? layout(other, along) : layout(along, other)));
    if (K_MAJOR) {
      reads.push_back(BYTES * layout(lane % 16, lane / 16 * CHUNK));  // ldmatrix: 16 rows, twice 16 bytes
    } else if (BYTES == 2) {
      reads.push_back(BYTES * layout(lane / 16 * CHUNK, lane % 16));
    } else {
      reads.push_back(BYTES * layout(lane / 4, lane % 4));  // words: 8 of e by 4 of k
    }
  }
  expect(spread<16>(stores), "copies meet in a bank", where);
  expect(K_MAJOR || BYTES == 2 ? spread<16>(reads) : spread<4>(reads), "reads meet in a bank", where);
}

// A box of 128-byte rows as the copy engine writes it: bits 4 to 6 of the address are combined with bits 7 to 9.
int swizzled(int bytes) { return bytes ^ (bytes >> 7 & 7) << 4; }

template <bool K_MAJOR, int EXTENT>
void check_tma(const char *where) {
  constexpr int BK = 64;
  using Layout = typename tma_slab<half_t, K_MAJOR, EXTENT, BK, 2>::layout;
  alignas(1024) static half_t memory[2 * EXTENT * BK];  // the swizzle is one of addresses
  const auto slabs = as_position_independent_swizzle_tensor(make_tensor(make_smem_ptr(memory), Layout{}));
  bool same = true;
  for (int stage = 0; stage < 2; ++stage) {
    for (int e = 0; e < EXTENT; ++e) {
      for (int p = 0; p < BK; ++p) {
        const int row = K_MAJOR ? e : e / 64 * BK + p, column = K_MAJOR ? p : e % 64;
        const long place = reinterpret_cast<char *>(&slabs(e, p, stage)) - reinterpret_cast<char *>(memory);
        same &= place == stage * EXTENT * BK * 2 + swizzled(128 * row + 2 * column);
      }
    }
  }
  expect(same, "the copy engine writes elsewhere than wgmma reads", where);
}

template <class Tiling, int BN, int BM>
void check_owners(const char *where) {
  std::vector<int> owners(BN * BM);
  bool neighbours = true;
  for (int thread = 0; thread < int(size(Tiling{})); ++thread) {
    const auto mine = Tiling{}.get_slice(thread).partition_C(make_identity_tensor(Shape<Int<BN>, Int<BM>>{}));
    for (int i = 0; i < int(size(mine)); ++i) ++owners[int(get<0>(mine(i))) * BM + int(get<1>(mine(i)))];
    for (int i = 0; i < int(size(mine)); i += 2) {
      neighbours &= get<0>(mine(i)) == get<0>(mine(i + 1)) && get<1>(mine(i)) + 1 == get<1>(mine(i + 1)) &&
                    get<1>(mine(i)) % 2 == 0;
    }
  }
  bool once = true;
  for (int count : owners) once &= count == 1;
  expect(once, "an element of C has not one owner", where);
  expect(neighbours, "a pair of sums is not of neighbours along m", where);
}

template <bool K_MAJOR_A, bool K_MAJOR_B, int BN, int BM, int CONSUMERS>
using Wgmma = decltype(make_tiled_mma(
    GMMA::ss_op_selector<half_t, half_t, float, Shape<Int<BN / CONSUMERS>, Int<BM>, _64>,
                         K_MAJOR_B ? GMMA::Major::K : GMMA::Major::MN, K_MAJOR_A ? GMMA::Major::K : GMMA::Major::MN>(),
    Layout<Shape<Int<CONSUMERS>>>{}));

template <bool K_MAJOR>
void check_all_slabs() {
  check_mma<half_t, K_MAJOR, 64, 64>("mma, 16 bits, 64 x 64");
  check_mma<half_t, K_MAJOR, 128, 32>("mma, 16 bits, 128 x 32");
  check_mma<half_t, K_MAJOR, 256, 64>("mma, 16 bits, 256 x 64");
  check_mma<tfloat32_t, K_MAJOR, 128, 16>("mma, 32 bits, 128 x 16");
  check_mma<tfloat32_t, K_MAJOR, 64, 32>("mma, 32 bits, 64 x 32");
  check_tma<K_MAJOR, 128>("tma, 128 x 64");
  check_tma<K_MAJOR, 256>("tma, 256 x 64");
}

}  // namespace

int main() {
  check_all_slabs<true>();
  check_all_slabs<false>();
  check_owners<mma_tiling<half_t, 2, 2>, 128, 128>("mma, 2 x 2 warps");
  check_owners<mma_tiling<half_t, 4, 2>, 256, 128>("mma, 4 x 2 warps");
  check_owners<mma_tiling<tfloat32_t, 2, 2>, 64, 64>("mma, tf32");
  check_owners<Wgmma<false, true, 256, 128, 2>, 256, 128>("wgmma, 256 x 128");
  check_owners<Wgmma<true, false, 128, 128, 2>, 128, 128>("wgmma, 128 x 128");
  printf("%d faults\n", faults);
  return faults != 0;
}
