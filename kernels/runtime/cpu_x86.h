/* x86-64 features: identifier, name as in /proc/cpuinfo, CPUID leaf, subleaf, register and bit, and the register state
 * that the system must save (bits of XCR0). */
#ifndef TENSOROP_CPU_X86_H
#define TENSOROP_CPU_X86_H

#define TENSOROP_XCR0_NONE 0x00U
#define TENSOROP_XCR0_AVX 0x06U /* SSE and AVX registers */
#define TENSOROP_XCR0_AVX512 0xE6U /* and mask registers, upper halves, upper sixteen */

#define TENSOROP_CPU_FEATURES(X)                                 \
  X(SSE2, "sse2", 1, 0, EDX, 26, NONE)                           \
  X(SSSE3, "ssse3", 1, 0, ECX, 9, NONE)                          \
  X(SSE4_1, "sse4_1", 1, 0, ECX, 19, NONE)                       \
  X(SSE4_2, "sse4_2", 1, 0, ECX, 20, NONE)                       \
  X(AVX, "avx", 1, 0, ECX, 28, AVX)                              \
  X(F16C, "f16c", 1, 0, ECX, 29, AVX)                            \
  X(FMA, "fma", 1, 0, ECX, 12, AVX)                              \
  X(AVX2, "avx2", 7, 0, EBX, 5, AVX)                             \
  X(BMI1, "bmi1", 7, 0, EBX, 3, NONE)                            \
  X(BMI2, "bmi2", 7, 0, EBX, 8, NONE)                            \
  X(AVX_VNNI, "avx_vnni", 7, 1, EAX, 4, AVX)                     \
  X(AVX512F, "avx512f", 7, 0, EBX, 16, AVX512)                   \
  X(AVX512DQ, "avx512dq", 7, 0, EBX, 17, AVX512)                 \
  X(AVX512IFMA, "avx512ifma", 7, 0, EBX, 21, AVX512)             \
  X(AVX512CD, "avx512cd", 7, 0, EBX, 28, AVX512)                 \
  X(AVX512BW, "avx512bw", 7, 0, EBX, 30, AVX512)                 \
  X(AVX512VL, "avx512vl", 7, 0, EBX, 31, AVX512)                 \
  X(AVX512VBMI, "avx512vbmi", 7, 0, ECX, 1, AVX512)              \
  X(AVX512_VBMI2, "avx512_vbmi2", 7, 0, ECX, 6, AVX512)          \
  X(AVX512_VNNI, "avx512_vnni", 7, 0, ECX, 11, AVX512)           \
  X(AVX512_BITALG, "avx512_bitalg", 7, 0, ECX, 12, AVX512)       \
  X(AVX512_VPOPCNTDQ, "avx512_vpopcntdq", 7, 0, ECX, 14, AVX512) \
  X(AVX512_BF16, "avx512_bf16", 7, 1, EAX, 5, AVX512)            \
  X(AVX512_FP16, "avx512_fp16", 7, 0, EDX, 23, AVX512)

#endif
