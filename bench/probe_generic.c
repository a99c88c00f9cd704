/* Any other processor, until its ISA has a file of its own: plain C. Its peak is what the compiler makes of it. */
#include <string.h>

#include "probe.h"

enum { LANES = 64 };

static void fma_portable(long iterations) {
  float sums[LANES] = {0};
  for (long i = 0; i < iterations; i++) {
    for (int lane = 0; lane < LANES; lane++) {
      sums[lane] = sums[lane] * 0.7310586F + 0.0013333F;
    }
    __asm__ volatile("" : : "r"(sums) : "memory");
  }
}

static void read_portable(const void *data, size_t bytes) {
  const unsigned char *const at = data;
  unsigned long sums[8] = {0};
  for (size_t i = 0; i + sizeof sums <= bytes; i += sizeof sums) {
    unsigned long words[8];
    memcpy(words, at + i, sizeof words);
    for (int w = 0; w < 8; w++) {
      sums[w] ^= words[w];
    }
  }
  __asm__ volatile("" : : "r"(sums) : "memory");
}

static const probe_isa portable = {"portable C", 64, LANES * 2, fma_portable, 0, NULL, {read_portable}};

const probe_isa *probe_isa_find(void) { return &portable; }
