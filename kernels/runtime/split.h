/* How one product is shared out: a grid of row and column ranges that begin at the instance's grains; k is never cut.
 */
#ifndef TENSOROP_SPLIT_H
#define TENSOROP_SPLIT_H

#include <stdbool.h>

#include "instance.h"

typedef struct tensorop_grid {
  int rows, columns; /* rows * columns <= threads */
} tensorop_grid;

tensorop_grid tensorop_choose_grid(const tensorop_gemm *call, const tensorop_instance *instance, int threads);

/* The part of `call` for thread `index`; false if that is nothing. */
bool tensorop_share(const tensorop_gemm *call, const tensorop_instance *instance, tensorop_grid grid, int index,
                    tensorop_gemm *share);

#endif
