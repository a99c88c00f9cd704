/* The child: the candidate's instance and what calls it on command. It sees the operands and nothing else: no reference,
 * no verdict, no clock. Linked with --defsym=tensorop_candidate=<the instance's symbol>. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi.h"
#include "faults.h"
#include "instance.h"
#include "protocol.h"
#include "sandbox.h"
#include "slots.h"

extern const tensorop_instance tensorop_candidate;
static const tensorop_instance *const candidate = &tensorop_candidate;

static slots memory;
static int32_t sandboxed;

typedef void (*function)(void);

static uint64_t word(const void *pointer) { return (uint64_t)(uintptr_t)pointer; }

/* First element of an operand, in the arena or in the private copy. */
static float *operand(const command *c, slot s, int private_copy) {
  return (float *)(private_copy ? memory.private_copy[s] : memory.shared[s]) + c->at[s];
}

static tensorop_gemm gemm_of(const command *c, int private_copy) {
  tensorop_gemm g = {
      .m = c->m, .n = c->n, .k = c->k, .alpha = c->alpha, .beta = c->beta,
      .a = {operand(c, SLOT_A, private_copy), c->a_rs, c->a_cs},
      .b = {operand(c, SLOT_B, private_copy), c->b_rs, c->b_cs},
      .c = operand(c, SLOT_C, private_copy), .ldc = c->ldc,
      .row0 = c->row0, .col0 = c->col0, .packed_m = c->packed_m, .packed_n = c->packed_n,
  };
  /* What is packed must not be asked for unpacked. */
  if (c->packed_a) {
    g.packed_a = operand(c, SLOT_PA, 0);
    g.a.data = NULL;
  }
  if (c->packed_b) {
    g.packed_b = operand(c, SLOT_PB, 0);
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

static function kernel_of(int32_t op) {
  const tensorop_gemm_kernels *const k = candidate->kernels;
  switch (op) {
    case OP_PACK_A: return (function)k->pack_a;
    case OP_PACK_B: return (function)k->pack_b;
    case OP_COMPUTE: return (function)k->compute;
    case OP_DIRECT_N: return (function)k->direct_n;
    case OP_DIRECT_T: return (function)k->direct_t;
    default: return (function)k->stream;
  }
}

/* The descriptors that candidate code gets, beside copies that show whether they were written. */
typedef struct descriptors {
  tensorop_src a, b;
  tensorop_tile tile;
  tensorop_gemm gemm;
} descriptors;

static void dispatch(const command *c, descriptors *d, answer *a) {
  uint64_t x[ABI_ARGUMENTS] = {0};
  const int64_t width = c->which == 'A' ? c->m : c->n;
  const tensorop_src *const packed = c->which == 'A' || c->op == OP_PACK_A ? &d->a : &d->b;
  switch (c->op) {
    case OP_PACK_A:
    case OP_PACK_B: {
      const uint64_t pack[] = {(uint64_t)(c->op == OP_PACK_A ? c->m : c->n), (uint64_t)c->k, word(packed),
                               word(operand(c, SLOT_W, 0)), 0, 0};
      call(kernel_of(c->op), pack, c, a);
      return;
    }
    case OP_COMPUTE: {
      const uint64_t compute[] = {(uint64_t)c->k, word(d->a.data), word(d->b.data), word(operand(c, SLOT_C, 0)),
                                  (uint64_t)c->ldc, word(&d->tile)};
      call(kernel_of(c->op), compute, c, a);
      return;
    }
    case OP_DIRECT_N:
    case OP_DIRECT_T:
    case OP_STREAM: {
      const uint64_t direct[] = {(uint64_t)c->k, word(&d->a), word(&d->b), word(operand(c, SLOT_C, 0)),
                                 (uint64_t)c->ldc, word(&d->tile)};
      call(kernel_of(c->op), direct, c, a);
      return;
    }
    case OP_PATH:
      x[0] = word(&d->gemm);
      call((function)candidate->path, x, c, a);
      a->value = (int32_t)a->value;
      return;
    case OP_RUN:
      x[0] = (uint64_t)c->path;
      x[1] = word(&d->gemm);
      x[2] = c->path == TENSOROP_PATH_DIRECT ? 0 : word(operand(c, SLOT_W, 0));
      call((function)candidate->run, x, c, a);
      return;
    case OP_PACKED_SIZE:
      x[0] = (uint64_t)c->which, x[1] = (uint64_t)width, x[2] = (uint64_t)c->k;
      call((function)candidate->packed_size, x, c, a);
      return;
    case OP_PACK:
      x[0] = (uint64_t)c->which, x[1] = (uint64_t)width, x[2] = (uint64_t)c->k, x[3] = word(packed);
      x[4] = word(operand(c, c->which == 'A' ? SLOT_PA : SLOT_PB, 0));
      call((function)candidate->pack, x, c, a);
      return;
    default: abort();
  }
}

static void checked(const command *c, answer *a) {
  descriptors d = {.a = {operand(c, SLOT_A, 0), c->a_rs, c->a_cs},
                   .b = {operand(c, SLOT_B, 0), c->b_rs, c->b_cs},
                   .tile = {.m = c->m, .n = c->n, .alpha = c->alpha, .beta = c->beta},
                   .gemm = gemm_of(c, 0)};
  if (c->op == OP_PACK_B || c->op == OP_PACK) d.b = (tensorop_src){d.b.data, c->b_cs, c->b_rs};
  const descriptors copy = d;
  dispatch(c, &d, a);
  if (a->status == DONE && memcmp(&d, &copy, sizeof d) != 0) a->status = DESCRIPTOR_WRITTEN;
}

/* What the clock in the parent is held against. */
static void timed(const command *c) {
  const tensorop_gemm g = gemm_of(c, 1);
  float *const workspace = operand(c, SLOT_W, 1);
  for (int64_t i = 0; i < c->calls; i++) {
    const tensorop_path path = c->path < 0 ? candidate->path(&g) : (tensorop_path)c->path;
    candidate->run(path, &g, workspace);
  }
}

static void copy(const command *c, slot s, int out) {
  float *const shared = operand(c, s, 0), *const own = operand(c, s, 1);
  memcpy(out ? shared : own, out ? own : shared, (size_t)c->extent[s] * sizeof(float));
}

static void obey(const command *c, answer *a) {
  switch (c->op) {
    case OP_LOAD:
      for (int s = SLOT_A; s <= SLOT_C; s++) copy(c, (slot)s, 0);
      return;
    case OP_CALLS: timed(c); return;
    case OP_STORE: copy(c, SLOT_C, 1); return;
    default: checked(c, a);
  }
}

static int transfer(int fd, void *data, size_t size, int out) {
  for (size_t done = 0; done < size;) {
    char *const at = (char *)data + done;
    const ssize_t n = out ? write(fd, at, size - done) : read(fd, at, size - done);
    if (n <= 0) return 0;
    done += (size_t)n;
  }
  return 1;
}

static hello introduction(void) {
  const tensorop_gemm_kernels *const k = candidate->kernels;
  hello h = {.mr = k->mr, .nr = k->nr, .lanes = k->lanes, .direct_rows = k->direct_rows, .stream_k = k->stream_k,
             .stream_n = k->stream_n, .stream_products = k->stream_products,
             .workspace = (int64_t)candidate->workspace, .m_grain = candidate->m_grain, .n_grain = candidate->n_grain,
             .sandboxed = sandboxed, .checked = abi_init()};
  strncpy(h.name, candidate->name, NAME_SIZE - 1);
  for (int op = OP_PACK_A; op <= OP_STREAM; op++) h.kernels |= (uint32_t)(kernel_of(op) != NULL) << op;
  const int64_t vectors = k->lanes > 0 ? (k->direct_rows + k->lanes - 1) / k->lanes : 0;
  for (int64_t v = 0; v < vectors && v < MAX_VECTORS; v++) h.direct_n_max[v] = k->direct_n_max[v];
  for (int i = 0; abi_rules[i]; i++) strncpy(h.rules[i], abi_rules[i], NAME_SIZE - 1);
  return h;
}

/* Runs before every other constructor of the program: candidate code must not get a turn before the door is shut. */
static void enter(int argc, char **argv) {
  if (argc != 2 || slots_map(&memory, strtoll(argv[1], NULL, 10), ARENA_FD) != 0) _exit(3);
  close(ARENA_FD);
  faults_install(&memory);
  sandboxed = sandbox_enter();
}

__attribute__((section(".preinit_array"), used)) static void (*const first)(int, char **) = enter;

int main(void) {
  hello h = introduction();
  if (!transfer(ANSWER_FD, &h, sizeof h, 1)) return 4;
  command c;
  while (transfer(COMMAND_FD, &c, sizeof c, 0)) {
    answer a = {.status = DONE, .slot = -1, .write = -1};
    obey(&c, &a);
    if (!transfer(ANSWER_FD, &a, sizeof a, 1)) return 4;
  }
  return 0;
}
