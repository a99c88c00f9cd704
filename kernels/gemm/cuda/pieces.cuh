/* What blocks that stay on their multiprocessor take, cluster by cluster: tiles of C, splits of k, matrices of a batch. */
#ifndef TENSOROP_PIECES_CUH
#define TENSOROP_PIECES_CUH

#include "raster.cuh"
#include "variant.h"

/* A tile of one matrix over one split of k. first: its first step of k; steps: slabs. */
struct piece {
  tile_index tile;
  int split, batch, first, steps;
};

template <int CLUSTER>
__device__ int count_pieces(const tensorop_cuda_gemm &args) {
  return args.tiles_m / CLUSTER * args.tiles_n * args.splits * args.batch;
}

/* The blocks of a cluster take neighbouring tiles along m. rank: the block's number in its cluster. */
template <int BK, int CLUSTER, int GROUP>
__device__ piece take_piece(const tensorop_cuda_gemm &args, int number, int rank) {
  const int clusters_m = args.tiles_m / CLUSTER, tiles = clusters_m * args.tiles_n;
  const int rest = number / tiles;
  tile_index tile = raster(number % tiles, clusters_m, args.tiles_n, GROUP);
  tile.m = tile.m * CLUSTER + rank;
  const int split = rest % args.splits, first = split * args.k_per_split;
  const int depth = args.k - first < args.k_per_split ? args.k - first : args.k_per_split;
  return {tile, split, rest / args.splits, first, (depth + BK - 1) / BK};
}

#endif
