/* How slabs lie in shared memory and how fragments are read from them, so that neither copies nor reads meet in a bank. */
#ifndef TENSOROP_MMA_LAYOUTS_CUH
#define TENSOROP_MMA_LAYOUTS_CUH

#include <cute/tensor.hpp>

#include "mma_atoms.cuh"

/* BYTES: of an element. EXTENT x BK elements; K_MAJOR: k is contiguous. */
template <int BYTES, bool K_MAJOR, int EXTENT, int BK>
struct mma_slab {
  static constexpr int LINE = 128 / BYTES;  // elements of all banks
  static constexpr int ROW = K_MAJOR && BK < LINE ? BK : LINE;
  static constexpr int BITS = ROW * BYTES == 128 ? 3 : ROW * BYTES == 64 ? 2 : 1;
  static constexpr int CHUNK = BYTES == 2 ? 3 : 2;  // log2 of the elements of 16 bytes
  // Eight rows of k for ldmatrix; f32 with e contiguous is read by single words, 8 of e by 4 of k.
  using k_major = decltype(cute::composition(
      cute::Swizzle<BITS, CHUNK, 3>{},
      cute::Layout<cute::Shape<cute::_8, cute::Int<ROW>>, cute::Stride<cute::Int<ROW>, cute::_1>>{}));
  using e_major = decltype(cute::composition(
      cute::conditional_return<BYTES == 2>(cute::Swizzle<3, 3, 3>{}, cute::Swizzle<2, 3, 2>{}),
      cute::Layout<cute::Shape<cute::Int<LINE>, cute::_8>, cute::Stride<cute::_1, cute::Int<LINE>>>{}));
  using layout = decltype(cute::tile_to_shape(cute::conditional_return<K_MAJOR>(k_major{}, e_major{}),
                                              cute::Shape<cute::Int<EXTENT>, cute::Int<BK>>{}));
};

/* The atom that reads fragments. */
template <class Element, bool K_MAJOR>
struct mma_read {
  using words = cute::conditional_t<sizeof(Element) == 2, ldmatrix_transposed, cute::UniversalCopy<uint32_t>>;
  using atom = cute::Copy_Atom<cute::conditional_t<K_MAJOR, ldmatrix_rows, words>, Element>;
};

/* WARPS_N x WARPS_M warps, each with 16 x 16 of C at a time. C is column-major: its columns are the product's rows. */
template <class Element, int WARPS_N, int WARPS_M>
using mma_tiling = decltype(cute::make_tiled_mma(
    typename mma_instruction<Element>::atom{}, cute::Layout<cute::Shape<cute::Int<WARPS_N>, cute::Int<WARPS_M>>>{},
    cute::Tile<cute::Int<16 * WARPS_N>, cute::Int<16 * WARPS_M>, cute::Int<32 / sizeof(Element)>>{}));

#endif
