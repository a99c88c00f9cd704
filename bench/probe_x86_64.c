/* x86-64: AVX-512, AVX2+FMA or SSE, whichever the processor and the operating system support.
 *
 * The loops are inline assembly: this file is compiled for the baseline, and no compiler can shorten them. Registers
 * zmm16 and up stand in no clobber list, since baseline code never uses them.
 */
#include "probe.h"

#define CLOBBERS                                                                                                    \
  "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", \
      "xmm12", "xmm13", "xmm14", "xmm15"

/* Factors with many bits set: a product of zeros would draw less power and clock higher than a real one. */
static const float factors[2] = {0.7310586F, 0.0013333F};

#define EACH_0_TO_11(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
#define EACH_12_TO_23(X) X(12) X(13) X(14) X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23)

#define FMA_ZMM(r) "vfmadd231ps %%zmm30, %%zmm31, %%zmm" #r "\n\t"
#define FMA_YMM(r) "vfmadd231ps %%ymm14, %%ymm15, %%ymm" #r "\n\t"
#define MUL_XMM(r) "mulps %%xmm14, %%xmm" #r "\n\t"
#define ADD_XMM(r) "addps %%xmm15, %%xmm" #r "\n\t"

/* 24 and 12 independent accumulators: more than latency times throughput of any core so far. */
static void fma_avx512(long iterations) {
  __asm__ volatile(
      "vbroadcastss (%1), %%zmm30\n\tvbroadcastss 4(%1), %%zmm31\n"
      "1:\n\t" EACH_0_TO_11(FMA_ZMM) EACH_12_TO_23(FMA_ZMM) "dec %0\n\tjnz 1b\n\tvzeroupper"
      : "+r"(iterations)
      : "r"(factors)
      : CLOBBERS);
}

static void fma_avx2(long iterations) {
  __asm__ volatile(
      "vbroadcastss (%1), %%ymm14\n\tvbroadcastss 4(%1), %%ymm15\n"
      "1:\n\t" EACH_0_TO_11(FMA_YMM) EACH_0_TO_11(FMA_YMM) "dec %0\n\tjnz 1b\n\tvzeroupper"
      : "+r"(iterations)
      : "r"(factors)
      : CLOBBERS);
}

/* No fused multiply-add: as many products as sums, which is what a GEMM needs. */
static void mul_add_sse(long iterations) {
  __asm__ volatile(
      "movss (%1), %%xmm14\n\tshufps $0, %%xmm14, %%xmm14\n\t"
      "movss 4(%1), %%xmm15\n\tshufps $0, %%xmm15, %%xmm15\n"
      "1:\n\t" EACH_0_TO_11(MUL_XMM) EACH_0_TO_11(ADD_XMM) "dec %0\n\tjnz 1b"
      : "+r"(iterations)
      : "r"(factors)
      : CLOBBERS);
}

/* imul has a latency of 3 cycles on every core since 2008 and is never eliminated at rename, as adds are on some. */
static void chain_imul(long iterations) {
  long value = 3;
  __asm__ volatile(
      "1:\n\timul %1, %1\n\timul %1, %1\n\timul %1, %1\n\timul %1, %1\n\t"
      "imul %1, %1\n\timul %1, %1\n\timul %1, %1\n\timul %1, %1\n\tdec %0\n\tjnz 1b"
      : "+r"(iterations), "+r"(value)
      :
      : "cc");
}

/* One pass over `bytes` by loads of `width` bytes, `lines` of them an iteration; ahead > 0 also prefetches. */
#define READ_FORWARD(name, load, width, lines)                                                   \
  static void name(const void *data, size_t bytes) {                                             \
    const char *at = data;                                                                       \
    const char *const end = at + bytes;                                                          \
    if (bytes == 0) {                                                                            \
      return;                                                                                    \
    }                                                                                            \
    __asm__ volatile("1:\n\t.set at, 0\n\t.rept " #lines "\n\t" load "\n\t.set at, at + " #width \
                     "\n\t.endr\n\tadd $(" #lines " * " #width "), %0\n\tcmp %1, %0\n\tjb 1b"    \
                     : "+r"(at)                                                                  \
                     : "r"(end)                                                                  \
                     : CLOBBERS);                                                                \
  }

/* The same in four streams a quarter of the buffer apart, which keeps more DRAM pages and prefetchers busy. */
#define READ_STREAMS(name, load, width)                                                 \
  static void name(const void *data, size_t bytes) {                                    \
    const size_t quarter = bytes / 4;                                                   \
    const char *at = data;                                                              \
    const char *const end = at + quarter;                                               \
    if (quarter == 0) {                                                                 \
      return;                                                                           \
    }                                                                                   \
    __asm__ volatile("1:\n\t.set at, 0\n\t.rept 4\n\t" load "\n\t.set at, at + " #width \
                     "\n\t.endr\n\t"                                                    \
                     "add $(4 * " #width "), %0\n\tcmp %1, %0\n\tjb 1b"                 \
                     : "+r"(at)                                                         \
                     : "r"(end), "r"(quarter), "r"(3 * quarter)                         \
                     : CLOBBERS);                                                       \
  }

#define LOAD_512 "vmovups at(%0), %%zmm0"
#define LOAD_256 "vmovups at(%0), %%ymm0"
#define LOAD_128 "movups at(%0), %%xmm0"
#define STREAMS(load, reg) \
  load " at(%0), " reg "\n\t" load " at(%0,%2), " reg "\n\t" load " at(%0,%2,2), " reg "\n\t" load " at(%0,%3), " reg

READ_FORWARD(read_512_by_4, LOAD_512, 64, 4)
READ_FORWARD(read_512_by_16, LOAD_512, 64, 16)
READ_FORWARD(read_512_ahead, LOAD_512 "\n\tprefetcht0 (at + 2048)(%0)", 64, 8)
READ_STREAMS(read_512_streams, STREAMS("vmovups", "%%zmm0"), 64)
READ_FORWARD(read_256_by_4, LOAD_256, 32, 4)
READ_FORWARD(read_256_by_16, LOAD_256, 32, 16)
READ_FORWARD(read_256_ahead, LOAD_256 "\n\tprefetcht0 (at + 2048)(%0)", 32, 8)
READ_STREAMS(read_256_streams, STREAMS("vmovups", "%%ymm0"), 32)
READ_FORWARD(read_128_by_8, LOAD_128, 16, 8)
READ_FORWARD(read_128_ahead, LOAD_128 "\n\tprefetcht0 (at + 2048)(%0)", 16, 8)
READ_STREAMS(read_128_streams, STREAMS("movups", "%%xmm0"), 16)

static const probe_isa isas[] = {
    {"AVX-512",
     64,
     24 * 16 * 2,
     fma_avx512,
     24,
     chain_imul,
     {read_512_by_4, read_512_by_16, read_512_ahead, read_512_streams}},
    {"AVX2+FMA",
     32,
     24 * 8 * 2,
     fma_avx2,
     24,
     chain_imul,
     {read_256_by_4, read_256_by_16, read_256_ahead, read_256_streams}},
    {"SSE", 16, 24 * 4, mul_add_sse, 24, chain_imul, {read_128_by_8, read_128_ahead, read_128_streams}},
};

const probe_isa *probe_isa_find(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) {
    return &isas[0];
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return &isas[1];
  }
  return &isas[2];
}
