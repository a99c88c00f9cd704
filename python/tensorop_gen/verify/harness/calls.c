#include "calls.h"

#include <string.h>

#include "abi.h"

typedef void (*function)(void);

static uint64_t word(const void *pointer) { return (uint64_t)(uintptr_t)pointer; }

float *calls_operand(const slots *all, const command *c, slot s, int private_copy) {
  return (float *)(private_copy ? all->private_copy[s] : all->shared[s]) + c->at[s];
}

tensorop_gemm calls_gemm(const slots *all, const command *c, int private_copy) {
  tensorop_gemm g = {
      .m = c->m,
      .n = c->n,
      .k = c->k,
      .alpha = c->alpha,
      .beta = c->beta,
      .a = {calls_operand(all, c, SLOT_A, private_copy), c->a_rs, c->a_cs},
      .b = {calls_operand(all, c, SLOT_B, private_copy), c->b_rs, c->b_cs},
      .c = calls_operand(all, c, SLOT_C, private_copy),
      .ldc = c->ldc,
      .row0 = c->row0,
      .col0 = c->col0,
      .packed_m = c->packed_m,
      .packed_n = c->packed_n,
  };
  /* What is packed must not be asked for unpacked. */
  if (c->packed_a) {
    g.packed_a = calls_operand(all, c, SLOT_PA, 0);
    g.a.data = NULL;
  }
  if (c->packed_b) {
    g.packed_b = calls_operand(all, c, SLOT_PB, 0);
    g.b.data = NULL;
  }
  return g;
}

/* Calls under the eyes of abi.h; the first broken rule goes into the answer. */
static void call(function f, const uint64_t arguments[ABI_ARGUMENTS], const command *c, answer *a) {
  uint64_t broken[ABI_RULES] = {0};
  a->value = (int64_t)abi_call(f, arguments, broken, c->mode);
  for (int i = 0; abi_rules[i] && a->status == DONE; i++) {
    if (!broken[i]) continue;
    a->status = ABI_BROKEN;
    a->rule = i;
  }
}

static function function_of(int32_t op) {
  const tensorop_gemm_kernels *const k = tensorop_candidate->kernels;
  switch (op) {
    case OP_PACK_A: return (function)k->pack_a;
    case OP_PACK_B: return (function)k->pack_b;
    case OP_COMPUTE: return (function)k->compute;
    case OP_DIRECT_N: return (function)k->direct_n;
    case OP_DIRECT_T: return (function)k->direct_t;
    case OP_STREAM: return (function)k->stream;
    case OP_DOT: return (function)k->dot;
    case OP_RUN: return (function)tensorop_candidate->run;
    case OP_PATH: return (function)tensorop_candidate->path;
    case OP_PACKED_SIZE: return (function)tensorop_candidate->packed_size;
    case OP_PACK: return (function)tensorop_candidate->pack;
    default: return NULL;
  }
}

bool calls_has_kernel(int32_t op) { return function_of(op) != NULL; }

/* The descriptors that candidate code gets, beside copies that show whether they were written. */
typedef struct descriptors {
  tensorop_src a, b;
  tensorop_tile tile;
  tensorop_gemm gemm;
} descriptors;

/* Arguments as the registers hold them. */
static void arguments_of(const slots *all, const command *c, const descriptors *d, uint64_t x[ABI_ARGUMENTS]) {
  const bool a = c->which == 'A' || c->op == OP_PACK_A;
  const uint64_t k = (uint64_t)c->k, width = (uint64_t)(a ? c->m : c->n), source = word(a ? &d->a : &d->b);
  switch (c->op) {
    case OP_PACK_A:
    case OP_PACK_B: x[0] = width, x[1] = k, x[2] = source, x[3] = word(calls_operand(all, c, SLOT_W, 0)); return;
    case OP_PATH: x[0] = word(&d->gemm); return;
    case OP_RUN:
      x[0] = (uint64_t)c->path, x[1] = word(&d->gemm);
      x[2] = c->path == TENSOROP_PATH_DIRECT ? 0 : word(calls_operand(all, c, SLOT_W, 0));
      return;
    case OP_PACKED_SIZE: x[0] = (uint64_t)c->which, x[1] = width, x[2] = k; return;
    case OP_PACK:
      x[0] = (uint64_t)c->which, x[1] = width, x[2] = k, x[3] = source;
      x[4] = word(calls_operand(all, c, a ? SLOT_PA : SLOT_PB, 0));
      return;
    default: /* COMPUTE takes panels, the others descriptors */
      x[0] = k;
      x[1] = word(c->op == OP_COMPUTE ? (const void *)d->a.data : &d->a);
      x[2] = word(c->op == OP_COMPUTE ? (const void *)d->b.data : &d->b);
      x[3] = word(calls_operand(all, c, SLOT_C, 0)), x[4] = (uint64_t)c->ldc, x[5] = word(&d->tile);
  }
}

void calls_checked(const slots *all, const command *c, answer *a) {
  descriptors d = {.a = {calls_operand(all, c, SLOT_A, 0), c->a_rs, c->a_cs},
                   .b = {calls_operand(all, c, SLOT_B, 0), c->b_rs, c->b_cs},
                   .tile = {.m = c->m, .n = c->n, .alpha = c->alpha, .beta = c->beta},
                   .gemm = calls_gemm(all, c, 0)};
  if (c->op == OP_PACK_B || c->op == OP_PACK) d.b = (tensorop_src){d.b.data, c->b_cs, c->b_rs};
  const descriptors copy = d;
  uint64_t x[ABI_ARGUMENTS] = {0};
  arguments_of(all, c, &d, x);
  call(function_of(c->op), x, c, a);
  if (c->op == OP_PATH) a->value = (int32_t)a->value; /* an enum: the register's upper half means nothing */
  if (a->status == DONE && memcmp(&d, &copy, sizeof d) != 0) a->status = DESCRIPTOR_WRITTEN;
}
