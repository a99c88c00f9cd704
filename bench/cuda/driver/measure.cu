#include <fstream>
#include <memory>
#include <sstream>

#include "by_turns.cuh"
#include "context.h"
#include "cublas.h"
#include "launching.cuh"

namespace {

// The table with other rates; rows that have none keep theirs.
std::vector<tensorop_cuda_row> table_with(const tensorop_cuda_device &device, const char *path) {
  std::vector<tensorop_cuda_row> table(device.table, device.table + device.rows);
  std::ifstream file(path);
  if (!file) fprintf(stderr, "%s cannot be read\n", path), exit(1);
  std::string name;
  float rate;
  for (int operands; file >> operands >> name >> rate;) {
    for (tensorop_cuda_row &row : table) {
      if (row.variant->operands == operands && name == row.variant->name) row.rate = rate;
    }
  }
  std::vector<tensorop_cuda_row> good;
  for (const tensorop_cuda_row &row : table) {
    if (row.rate > 0) good.push_back(row);
  }
  return good;
}

Call ours(tensorop_cuda_handle handle, const Product &p, const Memory &workspace) {
  return [=, &workspace](const Matrix &a, const Matrix &b, const Matrix &c) {
    must(tensorop_cuda_gemm_strided_batch(handle, nullptr, p.operands, p.op_a, p.op_b, p.m, p.n, p.k, p.alpha, a.data(),
                                          a.ld, 0, b.data(), b.ld, 0, p.beta, c.data(), c.ld, 0, 1,
                                          {workspace.data(), workspace.bytes()}),
         "ours");
  };
}

void compare(tensorop_cuda_handle handle, const Cublas *cublas, const Product &p, int rounds, Timer &timer) {
  size_t bytes = 0;
  must(tensorop_cuda_workspace_size(handle, p.operands, p.m, p.n, p.k, 1, &bytes), "workspace");
  const Memory workspace(bytes + 16);
  std::vector<Call> calls{ours(handle, p, workspace)};
  if (cublas) calls.push_back([=](const Matrix &a, const Matrix &b, const Matrix &c) { (*cublas)(p, a, b, c); });
  const std::vector<Timed> found = by_turns(p, rounds, timer, calls);
  const double flops = 2.0 * p.m * p.n * p.k, own = median(found[0].times);
  printf("{\"operands\": %d, \"op\": \"%c%c\", \"m\": %ld, \"k\": %ld, \"n\": %ld, \"tflops\": %.3f, ", p.operands,
         "NT"[p.op_a], "NT"[p.op_b], long(p.m), long(p.k), long(p.n), 1e-12 * flops / own);
  if (cublas) {
    const double other = median(found[1].times);
    printf("\"cublas\": %.3f, \"ratio\": %.4f, \"cublas_r\": %.3g, \"version\": %d, ", 1e-12 * flops / other,
           other / own, found[1].worst, cublas->version());
  }
  printf("\"worst_r\": %.3g, \"limit\": %.3g}\n", found[0].worst, limit(p.k));
  fflush(stdout);
}

}  // namespace

int measure(tensorop_cuda_handle handle, const char *path, const char *shapes, int rounds, const char *rates) {
  std::vector<tensorop_cuda_row> table;
  if (rates) {
    table = table_with(handle->device, rates);
    handle->device.table = table.data(), handle->device.rows = int(table.size());
  }
  const std::unique_ptr<const Cublas> cublas(strcmp(path, "-") ? new Cublas(path) : nullptr);
  Timer timer(l2_bytes());
  std::istringstream text(shapes);
  int operands, op_a, op_b;
  for (int64_t m, n, k; text >> operands >> op_a >> op_b >> m >> n >> k;) {
    compare(handle, cublas.get(), product(operands, op_a, op_b, m, n, k), rounds, timer);
  }
  return 0;
}
