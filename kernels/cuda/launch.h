/* Puts a plan on a stream. */
#ifndef TENSOROP_CUDA_LAUNCH_H
#define TENSOROP_CUDA_LAUNCH_H

#include "check.h"
#include "plan.h"

/* A plan with workspace, if it has splits, in call->workspace. */
tensorop_cuda_status tensorop_cuda_launch(const tensorop_cuda_device *device, tensorop_cuda_stream stream,
                                          const tensorop_cuda_call *call, const tensorop_cuda_problem *problem,
                                          const tensorop_cuda_plan *plan);

#endif
