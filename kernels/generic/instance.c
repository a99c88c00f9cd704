/* The portable instance's loops. Packed blocks live on the stack. */
#include "generic.h"

enum {
  MR = TENSOROP_GENERIC_MR,
  NR = TENSOROP_GENERIC_NR,
  KC = 256, /* k-steps of a block */
  MC = 32, /* rows of a packed block of A: 32 KiB, which a small thread stack holds too */
  DIRECT_WORK = 16 * 16 * 16, /* multiply-adds up to which packing does not pay */
  STREAM_K = TENSOROP_GENERIC_STREAM_K,
};

static inline int64_t min64(int64_t a, int64_t b) { return a < b ? a : b; }

static inline int64_t round_up(int64_t x, int64_t to) { return (x + to - 1) / to * to; }

static inline tensorop_src at(const tensorop_src *s, int64_t i, int64_t j) {
  return (tensorop_src){s->data + i * s->rs + j * s->cs, s->rs, s->cs};
}

static inline tensorop_src transposed(const tensorop_src *s) { return (tensorop_src){s->data, s->cs, s->rs}; }

/* Tiles of all columns of a block of rows, A in panels that begin `a_panel` floats apart. */
static void block(const tensorop_gemm *g, int64_t i, int64_t m, int64_t p, int64_t kc, const float *a,
                  int64_t a_panel) {
  float b_panel[KC * NR];
  tensorop_tile tile = {.alpha = g->alpha, .beta = p ? 1.0F : g->beta};
  for (int64_t j = 0; j < g->n; j += NR) {
    const float *b = b_panel;
    tile.n = min64(NR, g->n - j);
    if (g->packed_b) {
      b = g->packed_b + (g->col0 + j) * g->k + p * NR;
    } else {
      const tensorop_src part = at(&g->b, p, j), columns = transposed(&part);
      tensorop_generic_pack_b(tile.n, kc, &columns, b_panel);
    }
    for (int64_t r = 0; r < m; r += MR) {
      tile.m = min64(MR, m - r);
      tensorop_generic_compute(kc, a + r / MR * a_panel, b, g->c + i + r + j * g->ldc, g->ldc, &tile);
    }
  }
}

static void run_packed(const tensorop_gemm *g) {
  float a_block[MC * KC];
  for (int64_t p = 0; p < g->k; p += KC) {
    const int64_t kc = min64(KC, g->k - p);
    for (int64_t i = 0; i < g->m; i += MC) {
      const int64_t m = min64(MC, g->m - i);
      if (g->packed_a) {
        block(g, i, m, p, kc, g->packed_a + (g->row0 + i) * g->k + p * MR, MR * g->k);
        continue;
      }
      for (int64_t r = 0; r < m; r += MR) {
        const tensorop_src rows = at(&g->a, i + r, p);
        tensorop_generic_pack_a(min64(MR, m - r), kc, &rows, a_block + r * kc);
      }
      block(g, i, m, p, kc, a_block, MR * kc);
    }
  }
}

static void run_direct(const tensorop_gemm *g) {
  tensorop_tile tile = {.alpha = g->alpha, .beta = g->beta};
  for (int64_t j = 0; j < g->n; j += NR) {
    tile.n = min64(NR, g->n - j);
    const tensorop_src b = at(&g->b, 0, j);
    for (int64_t i = 0; i < g->m; i += MR) {
      tile.m = min64(MR, g->m - i);
      const tensorop_src a = at(&g->a, i, 0);
      tensorop_generic_direct(g->k, &a, &b, g->c + i + j * g->ldc, g->ldc, &tile);
    }
  }
}

static void run_stream(const tensorop_gemm *g) {
  tensorop_tile tile = {.m = g->m, .n = g->n, .alpha = g->alpha, .beta = g->beta};
  for (int64_t p = 0; p < g->k; p += STREAM_K) {
    const tensorop_src a = at(&g->a, 0, p), b = at(&g->b, p, 0);
    tensorop_generic_stream(min64(STREAM_K, g->k - p), &a, &b, g->c, g->ldc, &tile);
    tile.beta = 1.0F;
  }
}

static tensorop_path path(const tensorop_gemm *g) {
  if (g->packed_a || g->packed_b || g->a.rs != 1) return TENSOROP_PATH_PACKED;
  if (g->n <= NR && g->m >= MR) return TENSOROP_PATH_STREAM;
  return g->m * g->n <= DIRECT_WORK && g->m * g->n * g->k <= DIRECT_WORK ? TENSOROP_PATH_DIRECT : TENSOROP_PATH_PACKED;
}

static void run(tensorop_path p, const tensorop_gemm *share, float *workspace) {
  (void)workspace; /* needs none */
  switch (p) {
    case TENSOROP_PATH_DIRECT: run_direct(share); break;
    case TENSOROP_PATH_STREAM: run_stream(share); break;
    default: run_packed(share); break;
  }
}

/* Packed beforehand, a panel holds all k-steps. */
static size_t packed_size(char which, int64_t width, int64_t k) {
  return (size_t)(round_up(width, which == 'A' ? MR : NR) * k);
}

static void pack(char which, int64_t width, int64_t k, const tensorop_src *src, float *packed) {
  const int64_t panel = which == 'A' ? MR : NR;
  for (int64_t i = 0; i < width; i += panel) {
    const tensorop_src rows = at(src, i, 0);
    (which == 'A' ? tensorop_generic_pack_a : tensorop_generic_pack_b)(min64(panel, width - i), k, &rows,
                                                                       packed + i * k);
  }
}

static const uint8_t direct_columns[1] = {NR};

static const tensorop_gemm_kernels kernels = {
    .mr = MR,
    .nr = NR,
    .pack_a = tensorop_generic_pack_a,
    .pack_b = tensorop_generic_pack_b,
    .compute = tensorop_generic_compute,
    .lanes = MR,
    .direct_rows = MR,
    .direct_n_max = direct_columns,
    .direct_n = tensorop_generic_direct,
    .direct_t = tensorop_generic_direct,
    .stream_k = STREAM_K,
    .stream_n = NR,
    .stream_products = STREAM_K * NR,
    .stream = tensorop_generic_stream,
};

const tensorop_instance tensorop_instance_generic = {
    .name = "generic",
    .kernels = &kernels,
    .workspace = 0,
    .m_grain = 2 * MR, /* whole cache lines of C */
    .n_grain = NR,
    .thread_work = 64 * 64 * 64,
    .path = path,
    .run = run,
    .packed_size = packed_size,
    .pack = pack,
};
