/* What verifier (parent) and candidate (child) say to each other: fixed-size structs over two pipes, operands in a
 * shared arena. All fields have fixed sizes, so that parent and child may be built for different 64-bit little-endian
 * machines (child under a user-mode emulator).
 *
 * The child's file descriptors: 0 commands, 1 answers, 2 untouched, 3 the arena, closed before candidate code runs.
 * The arena holds SLOTS slots of `capacity` bytes (argv[1] of the child, a multiple of the page size) in a row.
 */
#ifndef TENSOROP_PROTOCOL_H
#define TENSOROP_PROTOCOL_H

#include <stdint.h>

enum { COMMAND_FD = 0, ANSWER_FD = 1, ARENA_FD = 3 };

/* A and B cannot be written by the child. W: workspace, or the panel that PACK writes. PA, PB: operands packed ahead.
 */
typedef enum slot { SLOT_A, SLOT_B, SLOT_C, SLOT_W, SLOT_PA, SLOT_PB, SLOTS } slot;

typedef enum operation {
  OP_PACK_A, /* kernels of kernel_abi.h */
  OP_PACK_B,
  OP_COMPUTE,
  OP_DIRECT_N,
  OP_DIRECT_T,
  OP_STREAM,
  OP_DOT,
  OP_RUN, /* the instance's own entries; answer.value is what they return */
  OP_PATH,
  OP_PACKED_SIZE,
  OP_PACK,
  OP_LOAD, /* timing: copy A, B, C into private memory, */
  OP_CALLS, /* run `calls` times there, */
  OP_STORE, /* copy C back */
} operation;

typedef struct command {
  int32_t op;
  int32_t path; /* OP_RUN: enum tensorop_path; OP_CALLS: -1 asks the instance at every call */
  int32_t which; /* OP_PACKED_SIZE, OP_PACK: 'A' or 'B', the width is m or n */
  int32_t packed_a; /* OP_RUN: 1: A stands packed in PA */
  int32_t packed_b;
  int32_t mode; /* floating-point control state at the call: 0 usual, 1 unusual */
  int64_t m, n, k;
  float alpha, beta;
  int64_t a_rs, a_cs, b_rs, b_cs, ldc;
  int64_t row0, col0; /* OP_RUN: the share's offsets in the packed operands */
  int64_t packed_m, packed_n;
  int64_t at[SLOTS]; /* first element of each operand: floats from the start of its slot */
  int64_t extent[SLOTS]; /* OP_LOAD, OP_STORE: floats to copy */
  int64_t calls;
} command;

typedef enum status { DONE, FAULT, ABI_BROKEN, DESCRIPTOR_WRITTEN, INPUT_WRITTEN } status;

typedef struct answer {
  int32_t status;
  int32_t rule; /* ABI_BROKEN: index into hello.rules */
  int32_t signal; /* FAULT: its number; */
  int32_t slot; /* the slot it points into or beside, -1 none; */
  int32_t write; /* 1 write, 0 read, -1 not known; */
  int32_t syscall; /* SIGSYS: which */
  int64_t offset; /* bytes from the start of the slot, or the address itself */
  int64_t value;
} answer;

enum { MAX_VECTORS = 32, MAX_RULES = 32, NAME_SIZE = 64 };

/* The child's first message: what the instance is and what can be checked on this machine. */
typedef struct hello {
  char name[NAME_SIZE];
  int64_t mr, nr, lanes, direct_rows, stream_k, stream_n, stream_products, dot_edge, dot_products;
  int64_t workspace; /* bytes */
  int64_t m_grain, n_grain;
  uint8_t direct_n_max[MAX_VECTORS];
  uint32_t kernels; /* bit i: the kernel of operation i is there */
  int32_t sandboxed;
  uint32_t checked; /* bit i: rule i of the ABI is checked */
  char rules[MAX_RULES][NAME_SIZE];
} hello;

#endif
