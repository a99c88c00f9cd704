#include "tensor_map.h"

#include <cuda_runtime_api.h>
#include <cudaTypedefs.h>

static PFN_cuTensorMapEncodeTiled_v12000 find_encoder(void) {
  void *function = NULL;
  enum cudaDriverEntryPointQueryResult found;
  const cudaError_t error =
      cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &function, 12000, cudaEnableDefault, &found);
  if (error || found != cudaDriverEntryPointSuccess) return NULL;
  return (PFN_cuTensorMapEncodeTiled_v12000)function;
}

static CUtensorMapDataType element_type(tensorop_cuda_operands operands) {
  switch (operands) {
    case TENSOROP_CUDA_HGEMM: return CU_TENSOR_MAP_DATA_TYPE_FLOAT16;
    case TENSOROP_CUDA_BF16GEMM: return CU_TENSOR_MAP_DATA_TYPE_BFLOAT16;
    default: return CU_TENSOR_MAP_DATA_TYPE_FLOAT32;
  }
}

tensorop_cuda_status tensorop_cuda_encode(CUtensorMap *map, tensorop_cuda_operands operands, const void *x,
                                          int64_t rows, int64_t columns, int64_t ld, int64_t stride, int64_t batch,
                                          int across) {
  const PFN_cuTensorMapEncodeTiled_v12000 encode = find_encoder();
  if (!encode) return TENSOROP_CUDA_OLD_DRIVER;
  const size_t element = tensorop_cuda_element(operands);
  /* A stride of zero is not taken, not even of a single matrix. */
  const int64_t apart = batch > 1 && stride ? stride : ld;
  const cuuint64_t sizes[3] = {(cuuint64_t)rows, (cuuint64_t)columns, stride ? (cuuint64_t)batch : 1};
  const cuuint64_t strides[2] = {(cuuint64_t)ld * element, (cuuint64_t)apart * element};
  const cuuint32_t box[3] = {(cuuint32_t)(TENSOROP_CUDA_BOX / element), (cuuint32_t)across, 1};
  const cuuint32_t steps[3] = {1, 1, 1};
  const CUresult result = encode(map, element_type(operands), 3, (void *)(uintptr_t)x, sizes, strides, box, steps,
                                 CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
                                 CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  return result == CUDA_SUCCESS ? TENSOROP_CUDA_OK : TENSOROP_CUDA_FAILED;
}
