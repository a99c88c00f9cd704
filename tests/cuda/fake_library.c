/* Two variants that never run, and a launch that only counts: the library's decisions without a GPU. */
#include "context.h"
#include "launch.h"

static const char kernel;
#define ALL                                     \
  {                                             \
    {{&kernel, &kernel}, {&kernel, &kernel}}, { \
      {&kernel, &kernel}, { &kernel, &kernel }  \
    }                                           \
  }
#define EVEN                                                     \
  {                                                              \
    {{&kernel, 0}, {&kernel, 0}}, { {&kernel, 0}, {&kernel, 0} } \
  }

static const tensorop_cuda_variant large = {
    "large", TENSOROP_CUDA_SGEMM, TENSOROP_CUDA_SIMT, 128, 128, 8, 256, 2, 1, 60000, ALL};
static const tensorop_cuda_variant small = {
    "small", TENSOROP_CUDA_SGEMM, TENSOROP_CUDA_SIMT, 32, 32, 8, 64, 8, 1, 10000, ALL};
static const tensorop_cuda_variant maps = {
    "maps", TENSOROP_CUDA_HGEMM, TENSOROP_CUDA_TMA, 128, 256, 64, 384, 1, 2, 200000, EVEN};
static const tensorop_cuda_variant pointers = {
    "pointers", TENSOROP_CUDA_HGEMM, TENSOROP_CUDA_MMA, 128, 128, 32, 128, 2, 1, 60000, ALL};

const tensorop_cuda_row tensorop_cuda_table[] = {
    {80, &large, 60}, {80, &small, 40},     {80, &pointers, 800}, {90, &large, 60},
    {90, &small, 40}, {90, &pointers, 800}, {90, &maps, 1700},
};
const int tensorop_cuda_rows = sizeof tensorop_cuda_table / sizeof *tensorop_cuda_table;

int launches;
tensorop_cuda_plan last_plan;
tensorop_cuda_problem last_problem;

tensorop_cuda_status tensorop_cuda_launch(const tensorop_cuda_device *device, tensorop_cuda_stream stream,
                                          const tensorop_cuda_call *call, const tensorop_cuda_problem *problem,
                                          const tensorop_cuda_plan *plan) {
  (void)device, (void)stream, (void)call;
  ++launches, last_plan = *plan, last_problem = *problem;
  return TENSOROP_CUDA_OK;
}

static struct tensorop_cuda_context fake;

tensorop_cuda_handle fake_handle(int capability, int multiprocessors, size_t shared) {
  fake.device =
      (tensorop_cuda_device){capability, multiprocessors, shared, tensorop_cuda_table, tensorop_cuda_rows, NULL};
  return &fake;
}

const char *last_variant(void) { return last_plan.variant->name; }
int last_splits(void) { return last_plan.splits; }
int last_k_per_split(void) { return last_plan.k_per_split; }
size_t last_workspace(void) { return last_plan.workspace; }
int last_odd(void) { return last_problem.odd; }
int64_t last_k(void) { return last_problem.k; }
