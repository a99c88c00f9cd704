#include "tensorop/cuda.h"

const char *tensorop_cuda_status_text(tensorop_cuda_status status) {
  switch (status) {
    case TENSOROP_CUDA_OK: return "done";
    case TENSOROP_CUDA_NULL_HANDLE: return "the handle is NULL: make one with tensorop_cuda_create";
    case TENSOROP_CUDA_BAD_TRANSPOSE: return "op_a and op_b must be TENSOROP_CUDA_N or TENSOROP_CUDA_T";
    case TENSOROP_CUDA_BAD_SIZE:
      return "m, n, k and batch must be from 0 to 2^30, C must fit a memory, the operands be a known type";
    case TENSOROP_CUDA_BAD_LD:
      return "lda, ldb and ldc must be at least 1 and the number of rows stored, and no matrix beyond 2^50 elements";
    case TENSOROP_CUDA_NULL_POINTER: return "a matrix that would be read or written is NULL";
    case TENSOROP_CUDA_MISALIGNED: return "a matrix is not at a multiple of its element's size, or the workspace of 16";
    case TENSOROP_CUDA_NO_DEVICE: return "no such GPU: check nvidia-smi and CUDA_VISIBLE_DEVICES";
    case TENSOROP_CUDA_OLD_DRIVER: return "the GPU's driver is older than this library's CUDA: update the driver";
    case TENSOROP_CUDA_UNSUPPORTED:
      return "no kernel of this library runs on this GPU: it needs compute capability 8.0";
    case TENSOROP_CUDA_OUT_OF_MEMORY: return "the host is out of memory";
    case TENSOROP_CUDA_FAILED: return "CUDA reported an error: see cudaGetLastError";
  }
  return "no status of this library";
}
