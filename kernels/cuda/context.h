/* The handle. */
#ifndef TENSOROP_CUDA_CONTEXT_H
#define TENSOROP_CUDA_CONTEXT_H

#include "plan.h"

struct tensorop_cuda_context {
  tensorop_cuda_device device;
};

#endif
