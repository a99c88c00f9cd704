// Starts the variant in the emulator as the library's launch.c does on a device.
#ifndef START_H
#define START_H

#include "problem.h"

using Kernel = const void *;

inline const char *start_pointers(const tensorop_cuda_gemm &args, Kernel kernel) {
  const dim3 grid{static_cast<unsigned>(args.tiles_m * args.tiles_n), static_cast<unsigned>(args.splits),
                  static_cast<unsigned>(args.batch)};
  const auto run = reinterpret_cast<void (*)(tensorop_cuda_gemm)>(const_cast<void *>(kernel));
  return emulated::run(grid, VARIANT.threads, VARIANT.shared, [&] { run(args); });
}

#ifdef EMULATE_TENSOR_CORES
inline CUtensorMap map_of(Matrix &x, int columns, int batch, int across) {
  const emulated::box_map map{reinterpret_cast<const uint16_t *>(x.values.data()),
                              {x.rows, columns, batch},
                              x.ld,
                              static_cast<int64_t>(x.stride),
                              across};
  CUtensorMap opaque{};
  static_assert(sizeof map <= sizeof opaque);
  memcpy(&opaque, &map, sizeof map);
  return opaque;
}

// Two clusters, however many tiles there are.
inline const char *start_maps(const Case &c, const tensorop_cuda_gemm &args, Kernel kernel, Matrix &a, Matrix &b) {
  const CUtensorMap map_a = map_of(a, c.trans_a ? c.m : c.k, c.batch, c.trans_a ? VARIANT.bm : VARIANT.bk);
  const CUtensorMap map_b =
      map_of(b, c.trans_b ? c.k : c.n, c.batch, c.trans_b ? VARIANT.bk : VARIANT.bn / VARIANT.cluster);
  const auto run = reinterpret_cast<void (*)(CUtensorMap, CUtensorMap, tensorop_cuda_gemm)>(const_cast<void *>(kernel));
  const dim3 grid{2u * VARIANT.cluster, 1, 1};
  emulated::products.clear(), emulated::meetings.clear();
  const auto body = [&] { run(map_a, map_b, args); };
  const char *fault = emulated::run(grid, VARIANT.threads, VARIANT.shared, body, VARIANT.cluster);
  return fault || emulated::all_products_done() ? fault : "products that nobody waited for";
}
#endif

// nullptr, or what was wrong.
inline const char *start(const Case &c, const tensorop_cuda_gemm &args, Matrix &a, Matrix &b) {
  const Kernel kernel = VARIANT.kernels[c.trans_a][c.trans_b][c.scalar];
#ifdef EMULATE_TENSOR_CORES
  if (VARIANT.kind == TENSOROP_CUDA_TMA) return start_maps(c, args, kernel, a, b);
#endif
  (void)a, (void)b;
  return start_pointers(args, kernel);
}

#endif
