// What the driver does, each printing JSON, one object a line.
#ifndef BENCH_COMMANDS_H
#define BENCH_COMMANDS_H

#include <vector>

extern "C" {
#include "check.h"
#include "launch.h"
#include "plan.h"
}

// The variant on every kind of case.
int prove(const tensorop_cuda_device &device, const tensorop_cuda_variant &v, bool quick);

// Its time on a shape that keeps all multiprocessors busy, for each pair of transposes, and the rate that follows.
int rate(const tensorop_cuda_device &device, const tensorop_cuda_variant &v, int64_t size);

// Two variants by turns. shapes: "op_a op_b m n k" each.
int duel(const tensorop_cuda_device &device, const tensorop_cuda_variant &one, const tensorop_cuda_variant &other,
         const char *shapes, int rounds);

// The library beside cuBLAS, by turns, or alone where cublas is "-". shapes: "operands op_a op_b m n k" each. rates: a
// file of "operands variant rate" lines that the library chooses by in place of its own; a rate of 0: not that variant.
int measure(tensorop_cuda_handle handle, const char *cublas, const char *shapes, int rounds, const char *rates);

#endif
