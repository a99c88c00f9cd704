/* The instructions of Tensor Cores, as CuTe wraps them. */
#ifndef TENSOROP_MMA_ATOMS_CUH
#define TENSOROP_MMA_ATOMS_CUH

#include <cute/tensor.hpp>

using ldmatrix_rows = cute::SM75_U32x4_LDSM_N;
using ldmatrix_transposed = cute::SM75_U16x8_LDSM_T;

template <class Element>
struct mma_instruction;
template <>
struct mma_instruction<cute::half_t> {
  using atom = cute::SM80_16x8x16_F32F16F16F32_TN;
};
template <>
struct mma_instruction<cute::bfloat16_t> {
  using atom = cute::SM80_16x8x16_F32BF16BF16F32_TN;
};
template <>
struct mma_instruction<cute::tfloat32_t> {
  using atom = cute::SM80_16x8x8_F32TF32TF32F32_TN;
};

#endif
