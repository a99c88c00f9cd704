/* The portable instance: C for any machine, right for any strides, without workspace. The floor of every library, and
 * what runs where memory for packing is short. */
#ifndef TENSOROP_GENERIC_H
#define TENSOROP_GENERIC_H

#include "instance.h"

enum {
  TENSOROP_GENERIC_MR = 8,
  TENSOROP_GENERIC_NR = 4,
  TENSOROP_GENERIC_STREAM_K = 64,
};

/* The tile's sums, a column behind the other. */
typedef float tensorop_generic_sums[TENSOROP_GENERIC_NR][TENSOROP_GENERIC_MR];

extern const tensorop_instance tensorop_instance_generic;

void tensorop_generic_pack_a(int64_t width, int64_t k, const tensorop_src *src, float *panel);
void tensorop_generic_pack_b(int64_t width, int64_t k, const tensorop_src *src, float *panel);
void tensorop_generic_compute(int64_t kc, const float *a, const float *b, float *c, int64_t ldc,
                              const tensorop_tile *tile);
/* direct_n and direct_t in one: B has any strides. */
void tensorop_generic_direct(int64_t k, const tensorop_src *a, const tensorop_src *b, float *c, int64_t ldc,
                             const tensorop_tile *tile);
void tensorop_generic_stream(int64_t k, const tensorop_src *a, const tensorop_src *b, float *c, int64_t ldc,
                             const tensorop_tile *tile);

/* C = alpha * sums + beta * C on the tile's m x n. */
void tensorop_generic_store(tensorop_generic_sums sums, float *c, int64_t ldc, const tensorop_tile *tile);

#endif
