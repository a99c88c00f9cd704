/* The C signatures that the kernels of a GEMM instance must have.
 *
 * Canonical form: C (m x n) is column-major; A is m x k, B is k x n, both with two element strides, so that every
 * transpose and layout of the BLAS interface is a choice of strides (a row-major call swaps the operands).
 * All matrices hold float32, all strides count elements.
 *
 * Order of arithmetic: a sum takes its terms in ascending k, each with one fused multiply-add (the portable kernels
 * round product and sum); then C = alpha * sum + beta * c, a product and again a multiply-add. STREAM may instead begin
 * with beta * c and add a * (alpha * b). DOT sums each vector lane's share of k by itself and adds the lanes up before
 * that. In any case an element is computed alike wherever it lies in a tile of whatever size: results do not depend on
 * how rows and columns were cut into tiles.
 */
#ifndef TENSOROP_KERNEL_ABI_H
#define TENSOROP_KERNEL_ABI_H

#include <stdint.h>

/* Where an operand's elements are: element (i, j) stands at data[i * rs + j * cs]. */
typedef struct tensorop_src {
  const float *data;
  int64_t rs; /* distance of two rows */
  int64_t cs; /* distance of two columns */
} tensorop_src;

/* What one call of COMPUTE updates. beta = 0 stores without reading C. */
typedef struct tensorop_tile {
  int64_t m; /* rows, 1 <= m <= MR (STREAM: any) */
  int64_t n; /* columns, 1 <= n <= NR */
  float alpha;
  float beta;
  /* COMPUTE may prefetch MR floats from next_a on at its first k-step, and next_step floats further at each other one:
   * what the caller reads next. STREAM may prefetch what stands next_step floats past the elements of A that it reads.
   * A hint, never dereferenced. */
  const float *next_a;
  int64_t next_step;
} tensorop_tile;

/* PACK_A: the m x k block `src` (m <= MR) into one panel: panel[p * MR + i] = A(i, p), rows m..MR-1 zero.
 * PACK_B: the transposed view of the k x n block (n <= NR): `src` has n rows of k, panel[p * NR + j] = B(p, j).
 * Either way `src` is (width x k) and the panel k-major. Writes width * k floats, nothing else. k >= 0. */
typedef void (*tensorop_pack_fn)(int64_t width, int64_t k, const tensorop_src *src, float *panel);

/* COMPUTE: C = alpha * A * B + beta * C on packed panels; reads kc * MR of a and kc * NR of b, 64-byte aligned a.
 * kc >= 0. c is column-major with leading dimension ldc >= m. */
typedef void (*tensorop_compute_fn)(int64_t kc, const float *a, const float *b, float *c, int64_t ldc,
                                    const tensorop_tile *tile);

/* DIRECT: the same on operands that are not packed. A has unit row stride (a->rs is taken as 1; a packed panel is
 * rs = 1, cs = MR). direct_n wants b->rs == 1 (B's columns contiguous), direct_t wants b->cs == 1.
 * STREAM: like direct_n and direct_t (any strides of B), for narrow results: tile->m is any number of rows,
 * n <= stream_n, k <= stream_k, k * n <= stream_products; A is read once, column by column in step.
 * DOT: for few rows or few columns and long k: a->cs == 1 and b->rs == 1, m, n <= dot_edge, m * n <= dot_products. */
typedef void (*tensorop_direct_fn)(int64_t k, const tensorop_src *a, const tensorop_src *b, float *c, int64_t ldc,
                                   const tensorop_tile *tile);

/* The kernels of one instance, for callers that are generic and for the verifier. Unused ones are NULL. */
typedef struct tensorop_gemm_kernels {
  int64_t mr, nr; /* widths of the packed panels, in floats */
  tensorop_pack_fn pack_a, pack_b;
  tensorop_compute_fn compute;
  int64_t lanes; /* floats of one vector: rows of a DIRECT tile are counted in vectors of this many */
  int64_t direct_rows; /* most rows of a DIRECT tile */
  const uint8_t *direct_n_max; /* [v - 1]: most columns of a DIRECT tile of v vectors */
  tensorop_direct_fn direct_n, direct_t;
  int64_t stream_k, stream_n, stream_products; /* most k, n and k * n of one STREAM call */
  tensorop_direct_fn stream;
  int64_t dot_edge, dot_products; /* most rows or columns, and m * n, of one DOT call */
  tensorop_direct_fn dot;
} tensorop_gemm_kernels;

#endif
