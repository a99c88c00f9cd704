/* What the runtime and a GEMM instance (one target's sketch with its kernels and parameters) know of each other. */
#ifndef TENSOROP_INSTANCE_H
#define TENSOROP_INSTANCE_H

#include <stddef.h>
#include <stdint.h>

#include "tensorop/kernel_abi.h"

/* One GEMM, or one thread's share of it, in the canonical form of kernel_abi.h. m, n, k >= 1 and alpha != 0:
 * the interface has dealt with the rest. */
typedef struct tensorop_gemm {
  int64_t m, n, k;
  float alpha, beta;
  tensorop_src a, b;
  float *c;
  int64_t ldc;
  /* Operands packed beforehand (instance->pack), or NULL. A share's row and column offsets are added to these. */
  const float *packed_a, *packed_b;
  int64_t row0, col0; /* the share's first row and column in the packed operands */
  int64_t packed_m, packed_n;
} tensorop_gemm;

/* Which sketch does the work. Chosen from the whole call, never from a share: results do not depend on threads. */
typedef enum tensorop_path {
  TENSOROP_PATH_DIRECT = 0, /* operands in place, no workspace */
  TENSOROP_PATH_DIRECT_PACK = 1, /* A packed row block by row block, B in place */
  TENSOROP_PATH_PACKED = 2, /* five loops, both packed */
  TENSOROP_PATH_STREAM = 3, /* narrow C: A read once */
  TENSOROP_PATH_DOT = 4, /* few rows or few columns, both operands contiguous along k */
  TENSOROP_PATHS
} tensorop_path;

typedef struct tensorop_instance {
  const char *name; /* of the CPU it was made for, in reports of the proof */
  const tensorop_gemm_kernels *kernels;
  size_t workspace; /* bytes a thread needs for any path but DIRECT; page-aligned */
  int64_t m_grain, n_grain; /* shares begin at multiples of these */
  int64_t thread_work; /* multiply-adds (m*n*k) a thread must have to be worth waking */
  void (*prepare)(void); /* or NULL. Called once, before all else: reads what only the running CPU knows */
  tensorop_path (*path)(const tensorop_gemm *call);
  void (*run)(tensorop_path path, const tensorop_gemm *share, float *workspace);
  /* Packing ahead: floats needed for an operand of `width` (m or n) by k, and the packing itself.
   * `src` is width x k (B transposed), as for PACK. which: 'A' or 'B'. */
  size_t (*packed_size)(char which, int64_t width, int64_t k);
  void (*pack)(char which, int64_t width, int64_t k, const tensorop_src *src, float *packed);
} tensorop_instance;

/* The generated table of targets (targets.c), most specific first; the last row is the portable instance and matches
 * everywhere. `features` are bits of enum tensorop_feature (cpu.h) that must all be there. The rest says which cores
 * are meant, as tensorop_core has it: vendor NULL, family and models 0 and compatible NULL mean any. models: bit i of
 * models[i / 64]: model number i. compatible: names for the core or its board, ended by NULL, of which the device tree
 * must have one. */
typedef struct tensorop_target {
  const char *name; /* TENSOROP_CORETYPE selects it */
  uint64_t features;
  const char *vendor;
  uint64_t family;
  uint64_t models[4];
  const tensorop_instance *instance;
  const char *const *compatible;
} tensorop_target;

extern const tensorop_target tensorop_targets[];
extern const int tensorop_target_count;

#endif
