/* A small right candidate, and one planted bug at a time: -D of its name (prepended to the text by the test). */
#include "instance.h"

#include <stdlib.h>

#if defined OPENS_FILE || defined OPENS_FILE_BEFORE_MAIN
#include <fcntl.h>
#endif

enum { MR = 16, NR = 4, KC = 32, STREAM_N = 2, STREAM_K = 3, DOT_EDGE = 2 };

static int64_t min64(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t round_up(int64_t x, int64_t to) { return (x + to - 1) / to * to; }

/* kernels.S: calls planted_body, then may break a rule of the calling convention. */
void planted_compute(int64_t kc, const float *a, const float *b, float *c, int64_t ldc, const tensorop_tile *tile);

static void pack(int64_t width, int64_t k, const tensorop_src *src, float *panel, int64_t wide) {
  for (int64_t p = 0; p < k; p++) {
    for (int64_t i = 0; i < wide; i++) {
#ifdef NO_ZERO_FILL
      if (i >= width) continue;
#endif
#ifdef PACKS_PAST_PANEL
      panel[k * wide] = 0;
#endif
#ifdef READS_PAST_WIDTH
      const float *const from = src->data + i * src->rs + p * src->cs;
      panel[p * wide + i] = *from;
      if (i >= width) panel[p * wide + i] = 0;
#else
      panel[p * wide + i] = i < width ? src->data[i * src->rs + p * src->cs] : 0;
#endif
    }
  }
}

static void pack_a(int64_t width, int64_t k, const tensorop_src *src, float *panel) { pack(width, k, src, panel, MR); }

static void pack_b(int64_t width, int64_t k, const tensorop_src *src, float *panel) { pack(width, k, src, panel, NR); }

static void store(float *c, float sum, const tensorop_tile *t, int edge) {
#ifdef ALPHA_TWICE
  sum *= t->alpha;
#endif
#ifdef LOSES_PRECISION
  if (t->alpha == 0.7F) sum *= 1 + 4e-6F; /* integers never meet this */
#endif
#ifdef BETA_IGNORED
  *c = t->alpha * sum;
#elif defined READS_C
  *c = t->alpha * sum + t->beta * *c;
#elif defined READS_C_AT_EDGES
  *c = t->beta == 0 && !edge ? t->alpha * sum : t->alpha * sum + t->beta * *c;
#else
  *c = t->beta == 0 ? t->alpha * sum : t->alpha * sum + t->beta * *c;
#endif
  (void)edge;
}

/* C += A * B for any strides. */
static void tile(int64_t k, const tensorop_src *a, const tensorop_src *b, float *c, int64_t ldc,
                 const tensorop_tile *t) {
#ifdef DROPS_LAST_K
  if (k == 4096) k--;
#endif
#ifdef IGNORES_K_ZERO
  if (k == 0) return;
#endif
#ifdef WRONG_AT_ODD_LDC
  if (ldc > t->m && ldc % 2) ldc--;
#endif
#ifdef WRITES_A
  if (k > 0) *(volatile float *)a->data = a->data[0];
#endif
#ifdef WRITES_TILE
  ((tensorop_tile *)t)->alpha = 1;
#endif
  for (int64_t j = 0; j < t->n; j++) {
    for (int64_t i = 0; i < t->m; i++) {
      float sum = 0;
      for (int64_t p = 0; p < k; p++) sum += a->data[i * a->rs + p * a->cs] * b->data[p * b->rs + j * b->cs];
      int64_t row = i;
#ifdef SWAPS_LANES
      if (t->m > 6) row = i == 5 ? 6 : i == 6 ? 5 : i;
#endif
#ifdef WRONG_TAIL_COLUMN
      if (j == 2 && t->n == 3) sum += 1;
#endif
#ifdef WRONG_AT_ONE_SHAPE
      if (t->m == 7 && t->n == 3 && k >= 8 && i == 6) sum *= 1.25F;
#endif
      store(c + row + j * ldc, sum, t, t->m < MR || t->n < NR);
    }
#ifdef WRITES_PADDING
    if (ldc > t->m) c[t->m + j * ldc] = 0;
#endif
  }
#ifdef READS_PAST_A
  if (k > 0) *(volatile const float *)(a->data + (t->m - 1) * a->rs + (k - 1) * a->cs + 1);
#endif
#ifdef READS_PAST_B
  if (k > 0) *(volatile const float *)(b->data + (t->n - 1) * b->cs + (k - 1) * b->rs + 1);
#endif
#ifdef READS_BEFORE_B
  *(volatile const float *)(b->data - 1);
#endif
}

static void direct(int64_t k, const tensorop_src *a, const tensorop_src *b, float *c, int64_t ldc,
                   const tensorop_tile *t) {
#ifdef LOOPS_FOREVER
  for (volatile int forever = 1; forever && t->m == 3;) continue;
#endif
#ifdef OPENS_FILE
  open("/dev/null", O_RDONLY);
#endif
#ifdef LEAVES
  _Exit(0);
#endif
#ifdef ALIGNED_LOADS
  typedef float vector __attribute__((vector_size(16)));
  if (k >= 4) (void)*(volatile const vector *)a->data;
#endif
#ifdef STATE
  static int calls;
  if (++calls % 60 == 0) k = 0;
#endif
  tile(k, a, b, c, ldc, t);
}

void planted_body(int64_t kc, const float *a, const float *b, float *c, int64_t ldc, const tensorop_tile *t);
void planted_body(int64_t kc, const float *a, const float *b, float *c, int64_t ldc, const tensorop_tile *t) {
#ifdef UNKNOWN_INSTRUCTION
  __builtin_trap();
#endif
  const tensorop_src panel_a = {a, 1, MR}, panel_b = {b, NR, 1};
  tile(kc, &panel_a, &panel_b, c, ldc, t);
}

#ifdef CLAIMS_NO_COLUMNS
static const uint8_t direct_columns[1] = {0};
#else
static const uint8_t direct_columns[1] = {NR};
#endif

static const tensorop_gemm_kernels kernels = {
    .mr = MR,
    .nr = NR,
    .pack_a = pack_a,
    .pack_b = pack_b,
    .compute = planted_compute,
    .lanes = MR,
    .direct_rows = MR,
    .direct_n_max = direct_columns,
#ifndef HIDES_KERNELS
    .direct_n = direct,
    .direct_t = direct,
#endif
    .stream_k = STREAM_K,
    .stream_n = STREAM_N,
    .stream_products = STREAM_K * STREAM_N,
    .stream = tile,
    .dot_edge = DOT_EDGE,
    .dot_products = DOT_EDGE * DOT_EDGE,
    .dot = tile,
};

static float *packed_part(const float *packed, int64_t first, int64_t k, int64_t p, int64_t wide) {
  return (float *)packed + first * k + p * wide;
}

/* One tile over all blocks of k. */
static void blocks(const tensorop_gemm *g, int64_t i, int64_t j, tensorop_tile t, float *workspace) {
  float *a = workspace, *b = workspace + MR * KC;
  int64_t depth = KC;
#ifdef SHARE_DEPENDENT
  if (g->m > MR) depth = KC / 2;
#endif
#ifdef OVERRUNS_WORKSPACE
  workspace[(MR + NR) * KC] = 0;
#endif
  for (int64_t p = 0; p < g->k; p += depth) {
    const int64_t kc = min64(depth, g->k - p);
    if (g->packed_a) {
      a = packed_part(g->packed_a, g->row0 + i, g->k, p, MR);
    } else {
      const tensorop_src rows = {g->a.data + i * g->a.rs + p * g->a.cs, g->a.rs, g->a.cs};
      pack_a(t.m, kc, &rows, a);
    }
    if (g->packed_b) {
      b = packed_part(g->packed_b, g->col0 + j, g->k, p, NR);
    } else {
      const tensorop_src columns = {g->b.data + p * g->b.rs + j * g->b.cs, g->b.cs, g->b.rs};
      pack_b(t.n, kc, &columns, b);
    }
#ifdef IGNORES_OFFSET
    if (g->packed_a) a = packed_part(g->packed_a, i, g->k, p, MR);
#endif
    planted_compute(kc, a, b, g->c + i + j * g->ldc, g->ldc, &t);
    t.beta = 1;
  }
}

static void run(tensorop_path path, const tensorop_gemm *g, float *workspace) {
#ifdef RUN_WRITES_A
  *(volatile float *)g->a.data = 2;
#endif
#ifdef STALE_PACKING
  static const float *last;
  static int64_t last_k;
  if (path == TENSOROP_PATH_PACKED && g->a.data == last && g->k == last_k && g->k > 60) return;
  last = g->a.data, last_k = g->k;
#endif
  for (int64_t j = 0; j < g->n; j += NR) {
    for (int64_t i = 0; i < g->m; i += MR) {
      const tensorop_tile t = {.m = min64(MR, g->m - i), .n = min64(NR, g->n - j), .alpha = g->alpha, .beta = g->beta};
      if (path == TENSOROP_PATH_DIRECT) {
        const tensorop_src a = {g->a.data + i * g->a.rs, g->a.rs, g->a.cs},
                           b = {g->b.data + j * g->b.cs, g->b.rs, g->b.cs};
        tile(g->k, &a, &b, g->c + i + j * g->ldc, g->ldc, &t);
      } else {
        blocks(g, i, j, t, workspace);
      }
    }
  }
}

static tensorop_path path(const tensorop_gemm *g) {
  return g->packed_a || g->packed_b || g->m * g->n * g->k > 4096 ? TENSOROP_PATH_PACKED : TENSOROP_PATH_DIRECT;
}

static size_t packed_size(char which, int64_t width, int64_t k) {
  return (size_t)(round_up(width, which == 'A' ? MR : NR) * k);
}

static void pack_ahead(char which, int64_t width, int64_t k, const tensorop_src *src, float *packed) {
  const int64_t wide = which == 'A' ? MR : NR;
  for (int64_t i = 0; i < width; i += wide) {
    const tensorop_src rows = {src->data + i * src->rs, src->rs, src->cs};
    pack(min64(wide, width - i), k, &rows, packed + i * k, wide);
  }
}

#ifdef OPENS_FILE_BEFORE_MAIN
__attribute__((constructor)) static void early(void) { open("/dev/null", O_RDONLY); }
#endif

const tensorop_instance planted = {
    .name = "planted",
    .kernels = &kernels,
    .workspace = sizeof(float) * (MR + NR) * KC,
#ifndef CLAIMS_NO_GRAIN
    .m_grain = MR,
#endif
    .n_grain = NR,
    .thread_work = 1 << 20,
    .path = path,
    .run = run,
    .packed_size = packed_size,
    .pack = pack_ahead,
};
