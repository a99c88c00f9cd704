/* From the sums of Tensor Cores to C, whose columns are the product's rows. */
#ifndef TENSOROP_STORE_TILE_CUH
#define TENSOROP_STORE_TILE_CUH

#include <cute/tensor.hpp>

#include "element.cuh"

/* c: the tile's first element, of which rows x columns are inside C. vector: columns begin at multiples of 16 bytes.
 * thread: the thread's number among those of the tiling. */
template <class Tiling, int BM, int BN, class T, class Sums>
__device__ void store_tile(T *c, int64_t ldc, int rows, int columns, bool vector, float alpha, float beta,
                           const Sums &sums, int thread = threadIdx.x) {
  using namespace cute;
  const auto where = Tiling{}.get_slice(thread).partition_C(make_identity_tensor(Shape<Int<BN>, Int<BM>>{}));
#pragma unroll
  for (int i = 0; i < int(size(sums)); i += 2) {  // two neighbours along m
    const int row = get<1>(where(i)), column = get<0>(where(i));
    if (row >= rows || column >= columns) continue;
    T *const to = c + row + column * ldc;
    if (vector && row + 1 < rows) {
      update_pair(to, sums(i), sums(i + 1), alpha, beta);
    } else {
      update(to, sums(i), alpha, beta);
      if (row + 1 < rows) update(to + 1, sums(i + 1), alpha, beta);
    }
  }
}

#endif
