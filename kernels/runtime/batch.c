#include "batch.h"

#include "dispatch.h"
#include "fpstate.h"
#include "pool.h"
#include "workspace.h"

typedef struct batch {
  const tensorop_instance *instance;
  int64_t groups;
  tensorop_group_fn group;
  const void *source;
  double work; /* multiply-adds of all products */
  tensorop_fpstate fpstate;
} batch;

/* Of one product; never 0, so that every product has its place in the shares. */
static double work_of(const tensorop_group *g) { return tensorop_gemm_work(&g->call) + 1.0; }

static tensorop_gemm product(const tensorop_group *g, int64_t i) {
  tensorop_gemm call = g->call;
  if (g->c) {
    call.a.data = g->a[i];
    call.b.data = g->b[i];
    call.c = g->c[i];
  } else {
    call.a.data += i * g->stride_a;
    call.b.data += i * g->stride_b;
    call.c += i * g->stride_c;
  }
  return call;
}

/* The first product of a group whose middle lies at or behind the first part/parts of all work, `before` being the work
 * of earlier groups. Part i ends where i + 1 begins. */
static int64_t boundary(const batch *b, const tensorop_group *g, double before, int part, int parts) {
  const double x = (b->work * part / parts - before) / work_of(g) + 0.5;
  if (part == 0 || x <= 0.0) return 0;
  if (part == parts || x >= (double)g->count) return g->count;
  return (int64_t)x;
}

static void run_part(const void *argument, int index, int count, float *workspace) {
  const batch *const b = argument;
  const tensorop_fpstate own = tensorop_fpstate_swap(b->fpstate);
  double before = 0.0;
  int64_t first = 0;
  for (int64_t i = 0; i < b->groups; i++) {
    const tensorop_group g = b->group(b->source, i, first);
    first += g.count;
    const int64_t end = boundary(b, &g, before, index + 1, count);
    for (int64_t p = boundary(b, &g, before, index, count); p < end; p++) {
      const tensorop_gemm call = product(&g, p);
      tensorop_gemm_alone(b->instance, &call, workspace);
    }
    before += work_of(&g) * (double)g.count;
  }
  tensorop_fpstate_swap(own);
}

/* Adds up b->work; returns that of the largest product. */
static double sum_work(batch *b) {
  double largest = 0.0;
  int64_t first = 0;
  for (int64_t i = 0; i < b->groups; i++) {
    const tensorop_group g = b->group(b->source, i, first);
    first += g.count;
    b->work += work_of(&g) * (double)g.count;
    if (g.count && work_of(&g) > largest) largest = work_of(&g);
  }
  return largest;
}

/* Shares the products out whole, which needs no meeting of threads within one; false where that is not to be had, or
 * where there are too few large ones for even shares. */
static bool run_shared(batch *b) {
  const double largest = sum_work(b);
  const int wanted = tensorop_gemm_threads(b->instance, b->work);
  const bool would_split = tensorop_gemm_threads(b->instance, largest) > 1;
  if (wanted == 1 || (would_split && largest * wanted * 4.0 > b->work)) return false;
  const size_t bytes = b->instance->workspace;
  float *const workspace = bytes ? tensorop_workspace(bytes) : NULL;
  if (bytes && !workspace) return false;
  const int threads = tensorop_pool_acquire(wanted, bytes);
  if (threads == 1) return false;
  b->fpstate = tensorop_fpstate_without_traps(tensorop_fpstate_get());
  tensorop_pool_run(threads, bytes, run_part, b, workspace);
  return true;
}

void tensorop_batch_run(int64_t groups, tensorop_group_fn group, const void *source, bool row_major) {
  batch b = {.instance = tensorop_active(), .groups = groups, .group = group, .source = source};
  const bool one_by_one = atomic_load_explicit(&tensorop_verbose, memory_order_relaxed); /* a line for each */
  if (!one_by_one && run_shared(&b)) return;
  int64_t first = 0;
  for (int64_t i = 0; i < groups; i++) {
    const tensorop_group g = group(source, i, first);
    first += g.count;
    for (int64_t p = 0; p < g.count; p++) {
      const tensorop_gemm call = product(&g, p);
      tensorop_gemm_run(&call, row_major);
    }
  }
}
