/* A table for tests of the runtime: an instance that gives even small products to several threads and checks what it
 * is given, beside rows that no CPU matches. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cpu.h"
#include "generic.h"
#include "instance.h"

enum { WORKSPACE = 3 << 20 };

static tensorop_path path(const tensorop_gemm *call) {
  const tensorop_path p = tensorop_instance_generic.path(call);
  return p == TENSOROP_PATH_DIRECT ? TENSOROP_PATH_DIRECT_PACK : p;
}

/* Dirties the workspace, as a sketch does, so that two threads with one buffer are seen by a thread sanitizer. */
static void run(tensorop_path p, const tensorop_gemm *share, float *workspace) {
  if (!workspace || (uintptr_t)workspace % 4096 != 0) abort();
  memset(workspace, 0xff, 4096);
  memset((char *)workspace + WORKSPACE - 4096, 0xff, 4096);
  tensorop_instance_generic.run(p == TENSOROP_PATH_DIRECT_PACK ? TENSOROP_PATH_DIRECT : p, share, NULL);
}

static size_t packed_size(char which, int64_t width, int64_t k) {
  return tensorop_instance_generic.packed_size(which, width, k);
}

static void pack(char which, int64_t width, int64_t k, const tensorop_src *src, float *packed) {
  tensorop_instance_generic.pack(which, width, k, src, packed);
}

static const tensorop_instance toy = {
    .name = "toy",
    .workspace = WORKSPACE,
    .m_grain = TENSOROP_GENERIC_MR,
    .n_grain = TENSOROP_GENERIC_NR,
    .thread_work = 100,
    .path = path,
    .run = run,
    .packed_size = packed_size,
    .pack = pack,
};

static const char *const names[] = {"test,core", "test,board", NULL};

#define ANY {0, 0, 0, 0}
const tensorop_target tensorop_targets[] = {
    {"impossible", ~UINT64_C(0), NULL, 0, ANY, &toy, NULL},
    {"elsewhere", 0, "NoSuchVendor", 0, ANY, &toy, NULL},
    {"one-model", 0, "TestVendor", 25, {0, UINT64_C(1) << 33, 0, 0}, &toy, NULL}, /* model 97 */
    {"family", 0, "TestVendor", 25, ANY, &toy, NULL},
    {"by-name", 0, NULL, 0, ANY, &toy, names},
    {"toy", 0, NULL, 0, ANY, &toy, NULL},
    {"generic", 0, NULL, 0, ANY, &tensorop_instance_generic, NULL},
};
const int tensorop_target_count = sizeof tensorop_targets / sizeof *tensorop_targets;
