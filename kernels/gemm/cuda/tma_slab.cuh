/* How slabs lie in shared memory where the copy engine of sm_90 writes and wgmma reads them: rows of 128 bytes, swizzled
 * by 128 bytes. */
#ifndef TENSOROP_TMA_SLAB_CUH
#define TENSOROP_TMA_SLAB_CUH

#include <cute/tensor.hpp>

/* EXTENT x BK elements of two bytes. K_MAJOR: a box is all of e by BK steps of k; else boxes are 64 of e by BK of k. */
template <class Element, bool K_MAJOR, int EXTENT, int BK, int STAGES>
struct tma_slab {
  static constexpr int BOX = 128 / sizeof(Element);  // elements of a box's row
  static_assert(BK == BOX && EXTENT % BOX == 0);
  using atom =
      cute::conditional_t<K_MAJOR, cute::GMMA::Layout_K_SW128_Atom<Element>, cute::GMMA::Layout_MN_SW128_Atom<Element>>;
  using order =
      cute::conditional_t<K_MAJOR, cute::Step<cute::_1, cute::_2, cute::_3>, cute::Step<cute::_2, cute::_1, cute::_3>>;
  using layout = decltype(cute::tile_to_shape(
      atom{}, cute::Shape<cute::Int<EXTENT>, cute::Int<BK>, cute::Int<STAGES>>{}, order{}));
};

#endif
