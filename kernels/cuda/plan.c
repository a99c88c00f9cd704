#include "plan.h"

enum {
  MOST_SPLITS = 32,
  EDGE_STEPS = 48,      /* steps of k that filling the pipeline and storing a tile cost */
  REDUCE_CLOCKS = 4000, /* of one more launch */
  REDUCE_BYTES = 12     /* that one multiprocessor moves in a clock */
};

static int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

/* Rows count for devices from their capability on, until there are rows for a newer one. */
static int newest_rows(const tensorop_cuda_device *device) {
  int found = 0;
  for (int i = 0; i < device->rows; ++i) {
    if (device->table[i].capability <= device->capability) found = device->table[i].capability;
  }
  return found;
}

/* A TMA kernel is for one generation only, and there is no tensor map of nothing. */
static int runs(const tensorop_cuda_device *device, const tensorop_cuda_problem *problem,
                const tensorop_cuda_variant *variant) {
  return variant->operands == problem->operands && variant->shared <= device->shared &&
         (variant->kind != TENSOROP_CUDA_TMA || (device->capability == 90 && problem->k > 0)) &&
         variant->kernels[problem->trans_a][problem->trans_b][problem->odd] != NULL;
}

static tensorop_cuda_plan cut(const tensorop_cuda_problem *problem, const tensorop_cuda_variant *variant, int splits) {
  tensorop_cuda_plan plan = {.variant = variant};
  plan.tiles_m = (int32_t)(ceil_div(ceil_div(problem->m, variant->bm), variant->cluster) * variant->cluster);
  plan.tiles_n = (int32_t)ceil_div(problem->n, variant->bn);
  const int64_t steps = problem->k > 0 ? ceil_div(problem->k, variant->bk) : 1;
  plan.k_per_split = (int32_t)(ceil_div(steps, splits) * variant->bk);
  plan.splits = problem->k > 0 ? (int32_t)ceil_div(problem->k, plan.k_per_split) : 1;
  if (plan.splits > 1) {
    plan.workspace = sizeof(float) * (size_t)plan.splits * (size_t)problem->batch * (size_t)problem->n *
                     (size_t)tensorop_cuda_partial_ld(problem->m);
  }
  return plan;
}

/* Clocks of the busiest multiprocessor, and of the reduction. */
static double clocks(const tensorop_cuda_device *device, const tensorop_cuda_problem *problem,
                     const tensorop_cuda_plan *plan, double rate) {
  const tensorop_cuda_variant *variant = plan->variant;
  const double tiles = (double)plan->tiles_m * plan->tiles_n * plan->splits * (double)problem->batch;
  const double most = (double)(int64_t)((tiles + device->multiprocessors - 1) / device->multiprocessors);
  const double tile = (double)variant->bm * variant->bn * (plan->k_per_split + EDGE_STEPS);
  const double reduce =
      plan->splits > 1 ? REDUCE_CLOCKS + 2.0 * (double)plan->workspace / REDUCE_BYTES / device->multiprocessors : 0;
  return most * tile / rate + reduce;
}

tensorop_cuda_plan tensorop_cuda_choose(const tensorop_cuda_device *device, const tensorop_cuda_problem *problem,
                                        size_t workspace) {
  tensorop_cuda_plan best = {0};
  double fewest = 0;
  const int rows = newest_rows(device);
  for (int i = 0; i < device->rows; ++i) {
    const tensorop_cuda_row *row = &device->table[i];
    if (row->capability != rows || !runs(device, problem, row->variant)) continue;
    for (int splits = 1; splits <= MOST_SPLITS; ++splits) {
      const tensorop_cuda_plan plan = cut(problem, row->variant, splits);
      if (plan.splits != splits || plan.workspace > workspace) continue;
      const double cost = clocks(device, problem, &plan, row->rate);
      if (!best.variant || cost < fewest) best = plan, fewest = cost;
    }
  }
  return best;
}
