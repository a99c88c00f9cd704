/* Which tile of C a block computes. */
#ifndef TENSOROP_RASTER_CUH
#define TENSOROP_RASTER_CUH

struct tile_index {
  int m, n;
};

/* Blocks that run at the same time have near numbers: they get a patch `group` tiles high, whose rows of A and columns
 * of B they find in L2. */
__host__ __device__ inline tile_index raster(int block, int tiles_m, int tiles_n, int group) {
  const int first = block / (group * tiles_n) * group;
  const int height = group < tiles_m - first ? group : tiles_m - first;
  const int within = block - first * tiles_n;
  return {first + within % height, within / height};
}

#endif
