#include "gemm.h"

#include "dispatch.h"
#include "fpstate.h"
#include "generic.h"
#include "pool.h"
#include "split.h"
#include "threads.h"
#include "workspace.h"

/* No product to add (alpha or k is 0): C = beta * C, and beta = 0 stores without reading. */
__attribute__((noinline)) static void scale(const tensorop_gemm *call) {
  if (call->beta == 1.0F) return;
  for (int64_t j = 0; j < call->n; j++) {
    float *const c = call->c + j * call->ldc;
    if (call->beta == 0.0F) {
      for (int64_t i = 0; i < call->m; i++) c[i] = 0.0F;
    } else {
      for (int64_t i = 0; i < call->m; i++) c[i] *= call->beta;
    }
  }
}

typedef struct job {
  const tensorop_instance *instance;
  const tensorop_gemm *call;
  tensorop_path path;
  tensorop_grid grid;
  tensorop_fpstate fpstate;
} job;

static void run_share(const void *argument, int index, int count, float *workspace) {
  (void)count;
  const job *const j = argument;
  tensorop_gemm share;
  if (!tensorop_share(j->call, j->instance, j->grid, index, &share)) return;
  const tensorop_fpstate own = tensorop_fpstate_swap(j->fpstate);
  j->instance->run(j->path, &share, workspace);
  tensorop_fpstate_swap(own);
}

int tensorop_gemm_threads(const tensorop_instance *instance, double work) {
  const double least = (double)instance->thread_work;
  if (__builtin_expect(work < 2.0 * least, 1)) return 1;
  const int limit = tensorop_get_num_threads();
  return work < least * limit ? (int)(work / least) : limit;
}

/* As many threads as the product is worth and the pool gives; returns how many those were. */
__attribute__((noinline)) static int run_on_threads(const tensorop_instance *instance, tensorop_path path,
                                                    const tensorop_gemm *call, size_t bytes, float *workspace) {
  const int wanted = tensorop_gemm_threads(instance, tensorop_gemm_work(call));
  const int threads = wanted > 1 ? tensorop_pool_acquire(wanted, bytes) : 1;
  if (threads == 1) {
    instance->run(path, call, workspace);
    return 1;
  }
  const job j = {instance, call, path, tensorop_choose_grid(call, instance, threads), tensorop_fpstate_get()};
  tensorop_pool_run(threads, bytes, run_share, &j, workspace);
  return threads;
}

/* What tensorop_gemm_threads() says of almost all calls, but sooner. m * n does not overflow, as C is in memory. */
static bool is_small(const tensorop_instance *instance, const tensorop_gemm *call) {
  int64_t work;
  return !__builtin_mul_overflow(call->m * call->n, call->k, &work) && work < 2 * instance->thread_work;
}

/* Returns the number of threads. Small products take as few instructions as may be, hence what stands apart. */
static int run_product(const tensorop_instance *instance, tensorop_path path, const tensorop_gemm *call) {
  const size_t bytes = path == TENSOROP_PATH_DIRECT ? 0 : instance->workspace;
  float *const workspace = bytes ? tensorop_workspace(bytes) : NULL;
  if (bytes && !workspace) {
    tensorop_gemm_alone(&tensorop_instance_generic, call, NULL);
    return 1;
  }
  if (!is_small(instance, call)) return run_on_threads(instance, path, call, bytes, workspace);
  instance->run(path, call, workspace);
  return 1;
}

/* A result of one row whose elements follow each other is as well one column, of the transposed product. Instances are
 * made for columns: makes it one, in *column, where it can. */
static const tensorop_gemm *row_as_column(const tensorop_gemm *row, tensorop_gemm *column) {
  if (__builtin_expect(row->m != 1 || row->ldc != 1 || row->packed_a || row->packed_b, 1)) return row;
  *column = *row;
  column->m = row->n;
  column->n = 1;
  column->a = (tensorop_src){row->b.data, row->b.cs, row->b.rs};
  column->b = (tensorop_src){row->a.data, row->a.cs, row->a.rs};
  column->ldc = row->n;
  return column;
}

tensorop_outcome tensorop_gemm_perform(const tensorop_gemm *call) {
  if (call->alpha == 0.0F || call->k == 0) {
    scale(call);
    return (tensorop_outcome){TENSOROP_PATHS, 1};
  }
  tensorop_gemm column;
  const tensorop_gemm *const product = row_as_column(call, &column);
  const tensorop_instance *const instance = tensorop_active();
  const tensorop_path path = instance->path(product);
  return (tensorop_outcome){path, run_product(instance, path, product)};
}

static void run(const tensorop_gemm *call, bool row_major) {
  if (__builtin_expect(atomic_load_explicit(&tensorop_verbose, memory_order_relaxed), 0)) {
    tensorop_verbose_run(call, row_major);
  } else {
    tensorop_gemm_perform(call);
  }
}

/* Apart, as it would cost small products a frame of the stack. */
__attribute__((noinline, cold)) static void run_without_traps(const tensorop_gemm *call, bool row_major) {
  const tensorop_fpstate own = tensorop_fpstate_swap(tensorop_fpstate_without_traps(tensorop_fpstate_get()));
  run(call, row_major);
  tensorop_fpstate_set(own);
}

void tensorop_gemm_run(const tensorop_gemm *call, bool row_major) {
  if (call->m == 0 || call->n == 0) return;
  if (__builtin_expect(tensorop_fpstate_traps(), 0)) {
    run_without_traps(call, row_major);
  } else {
    run(call, row_major);
  }
}

void tensorop_gemm_alone(const tensorop_instance *instance, const tensorop_gemm *call, float *workspace) {
  if (call->m == 0 || call->n == 0) return;
  if (call->alpha == 0.0F || call->k == 0) {
    scale(call);
    return;
  }
  tensorop_gemm column;
  const tensorop_gemm *const product = row_as_column(call, &column);
  instance->run(instance->path(product), product, workspace);
}
