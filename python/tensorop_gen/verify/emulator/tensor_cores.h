// ldmatrix and mma.sync as the PTX ISA describes them, in place of CuTe's atoms of mma_atoms.cuh: each lane brings its
// registers or its address and takes its part of the result.
#ifndef EMULATED_TENSOR_CORES_H
#define EMULATED_TENSOR_CORES_H

namespace emulated {

inline int lane() { return static_cast<int>(thread.x % 32); }

// Four matrices of 8 x 8 halves; lane 8 i + r brings the address of row r of matrix i.
template <class Op, bool TRANSPOSED>
struct ldmatrix : Op {
  static void copy(const cute::uint128_t &source, uint32_t &d0, uint32_t &d1, uint32_t &d2, uint32_t &d3) {
    const auto *rows = exchange(reinterpret_cast<const uint16_t *>(&source));
    uint32_t *const out[4] = {&d0, &d1, &d2, &d3};
    for (int i = 0; i < 4; ++i) {
      const int major = lane() / 4, minor = lane() % 4 * 2;
      const uint16_t low = TRANSPOSED ? rows[8 * i + minor][major] : rows[8 * i + major][minor];
      const uint16_t high = TRANSPOSED ? rows[8 * i + minor + 1][major] : rows[8 * i + major][minor + 1];
      *out[i] = low | static_cast<uint32_t>(high) << 16;
    }
  }
};

struct registers {
  uint32_t a[4], b[2];
};

// Element e of a register; tf32 has one of them.
template <class Element>
float element(uint32_t word, int e) {
  Element pair[4 / sizeof(Element)];
  memcpy(pair, &word, sizeof word);
  return static_cast<float>(pair[e]);
}

// D (16 x 8) += A (16 x k) * B (k x 8), k = 16 halves or 8 words.
template <class Op, class Element>
struct mma : Op {
  static void fma(float &d0, float &d1, float &d2, float &d3, const uint32_t &a0, const uint32_t &a1,
                  const uint32_t &a2, const uint32_t &a3, const uint32_t &b0, const uint32_t &b1, const float &c0,
                  const float &c1, const float &c2, const float &c3) {
    constexpr int EACH = 4 / sizeof(Element), HALF = 4 * EACH;  // elements of a register; of k in half a fragment
    const registers *all = exchange(registers{{a0, a1, a2, a3}, {b0, b1}});
    const auto dot = [&](int row, int column) {
      float sum = 0;
      for (int k = 0; k < 2 * HALF; ++k) {
        const int owner = k % HALF / EACH, upper = k / HALF;
        sum += element<Element>(all[row % 8 * 4 + owner].a[row / 8 + 2 * upper], k % EACH) *
               element<Element>(all[column * 4 + owner].b[upper], k % EACH);
      }
      return sum;
    };
    const int row = lane() / 4, column = lane() % 4 * 2;
    d0 = c0 + dot(row, column), d1 = c1 + dot(row, column + 1);
    d2 = c2 + dot(row + 8, column), d3 = c3 + dot(row + 8, column + 1);
  }
};

}  // namespace emulated

namespace cute {
template <class Op, bool TRANSPOSED>
struct Copy_Traits<emulated::ldmatrix<Op, TRANSPOSED>> : Copy_Traits<Op> {};
template <class Op, class Element>
struct MMA_Traits<emulated::mma<Op, Element>> : MMA_Traits<Op> {};
}  // namespace cute

#define TENSOROP_MMA_ATOMS_CUH
using ldmatrix_rows = emulated::ldmatrix<cute::SM75_U32x4_LDSM_N, false>;
using ldmatrix_transposed = emulated::ldmatrix<cute::SM75_U16x8_LDSM_T, true>;
template <class Element>
struct mma_instruction;
template <>
struct mma_instruction<cute::half_t> {
  using atom = emulated::mma<cute::SM80_16x8x16_F32F16F16F32_TN, cute::half_t>;
};
template <>
struct mma_instruction<cute::bfloat16_t> {
  using atom = emulated::mma<cute::SM80_16x8x16_F32BF16BF16F32_TN, cute::bfloat16_t>;
};
template <>
struct mma_instruction<cute::tfloat32_t> {
  using atom = emulated::mma<cute::SM80_16x8x8_F32TF32TF32F32_TN, cute::tfloat32_t>;
};

#endif
