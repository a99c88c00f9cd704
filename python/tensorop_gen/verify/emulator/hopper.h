// hopper.cuh on the CPU: copies land at once, barriers count arrivals and bytes.
#ifndef EMULATED_HOPPER_H
#define EMULATED_HOPPER_H

#define TENSOROP_HOPPER_CUH
#include <cuda.h>

#include "wgmma.h"

namespace emulated {

// What the bytes of a CUtensorMap hold here: a column-major operand of halves, its boxes 64 rows by `across` columns.
struct box_map {
  const uint16_t *data;
  int64_t sizes[3], ld, stride;
  int across;
};

}  // namespace emulated

namespace hopper {

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

}  // namespace hopper

#endif
