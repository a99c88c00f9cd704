/* Tensor maps: what the copy engine of sm_90 must know of an operand. */
#ifndef TENSOROP_CUDA_TENSOR_MAP_H
#define TENSOROP_CUDA_TENSOR_MAP_H

#include <cuda.h>

#include "check.h"

/* Bytes of a row of a box in shared memory, which is the swizzle's width. */
#define TENSOROP_CUDA_BOX 128

/* columns x rows of a column-major operand, copied in boxes of TENSOROP_CUDA_BOX bytes down a column by `across` columns,
 * with zeros past the edges. */
tensorop_cuda_status tensorop_cuda_encode(CUtensorMap *map, tensorop_cuda_operands operands, const void *x,
                                          int64_t rows, int64_t columns, int64_t ld, int64_t stride, int64_t batch,
                                          int across);

#endif
