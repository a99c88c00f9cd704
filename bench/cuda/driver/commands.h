// What the driver does, each printing JSON, one object a line.
#ifndef BENCH_COMMANDS_H
#define BENCH_COMMANDS_H

#include <vector>

extern "C" {
#include "check.h"
#include "launch.h"
#include "plan.h"
}

// The variants that this device's rows of the table name and that fit it.
std::vector<const tensorop_cuda_variant *> variants_of(const tensorop_cuda_device &device);

int prove(const tensorop_cuda_device &device, bool quick);

// Each variant's time on one shape that keeps all multiprocessors busy, and the rate that follows.
int tune(const tensorop_cuda_device &device, int64_t size);

// The library beside cuBLAS, by turns. shapes: "operands op_a op_b m n k" each.
int measure(tensorop_cuda_handle handle, const char *cublas, const char *shapes, int rounds);

#endif
