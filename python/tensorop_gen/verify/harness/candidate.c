/* The child: the candidate's instance and what calls it on command. It sees the operands and nothing else: no
 * reference, no verdict, no clock. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi.h"
#include "calls.h"
#include "faults.h"
#include "protocol.h"
#include "sandbox.h"
#include "slots.h"

static slots memory;
static int32_t sandboxed;
static uint32_t checked;

/* An element of an operand, another one at each call; NULL if it has none. */
static float *element(const command *c, slot s, int64_t call) {
  const uint64_t extent = (uint64_t)c->extent[s];
  return extent ? calls_operand(&memory, c, s, 1) + (uint64_t)call * 2654435761U % extent : NULL;
}

/* What the clock in the parent is held against. No two calls in a row have the same A, nor the same checksum of it, so
 * that nothing can be saved by remembering the call before; the first half has another B, so that nothing made of it can
 * be kept. The last call has what the parent judges by. */
static void timed(const command *c) {
  const tensorop_gemm g = calls_gemm(&memory, c, 1);
  float *const workspace = calls_operand(&memory, c, SLOT_W, 1), *const b = element(c, SLOT_B, c->calls);
  if (b) *b = -*b;
  for (int64_t i = c->calls - 1; i >= 0; i--) {
    float *const a = i ? element(c, SLOT_A, i) : NULL;
    const float kept = a ? *a : 0;
    if (a) *a += 1 + (float)(i & 4095) * 0x1p-12F;
    if (b && i == c->calls / 2) *b = -*b;
    const tensorop_path path = c->path < 0 ? tensorop_candidate->path(&g) : (tensorop_path)c->path;
    tensorop_candidate->run(path, &g, workspace);
    if (a) *a = kept;
  }
}

static void copy(const command *c, slot s, int out) {
  float *const shared = calls_operand(&memory, c, s, 0), *const own = calls_operand(&memory, c, s, 1);
  memcpy(out ? shared : own, out ? own : shared, (size_t)c->extent[s] * sizeof(float));
}

/* Private copies of the inputs can be written, which the shared ones cannot. */
static int inputs_kept(const command *c) {
  for (int s = SLOT_A; s <= SLOT_B; s++) {
    const float *const shared = calls_operand(&memory, c, (slot)s, 0), *const own =
                                                                           calls_operand(&memory, c, (slot)s, 1);
    if (memcmp(shared, own, (size_t)c->extent[s] * sizeof(float)) != 0) return 0;
  }
  return 1;
}

static void obey(const command *c, answer *a) {
  switch (c->op) {
    case OP_LOAD:
      for (int s = SLOT_A; s <= SLOT_C; s++) copy(c, (slot)s, 0);
      return;
    case OP_CALLS: timed(c); return;
    case OP_STORE:
      copy(c, SLOT_C, 1);
      if (!inputs_kept(c)) a->status = INPUT_WRITTEN;
      return;
    default: calls_checked(&memory, c, a);
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
  const tensorop_gemm_kernels *const k = tensorop_candidate->kernels;
  hello h = {.mr = k->mr,
             .nr = k->nr,
             .lanes = k->lanes,
             .direct_rows = k->direct_rows,
             .stream_k = k->stream_k,
             .stream_n = k->stream_n,
             .stream_products = k->stream_products,
             .dot_edge = k->dot_edge,
             .dot_products = k->dot_products,
             .workspace = (int64_t)tensorop_candidate->workspace,
             .m_grain = tensorop_candidate->m_grain,
             .n_grain = tensorop_candidate->n_grain,
             .sandboxed = sandboxed,
             .checked = checked};
  strncpy(h.name, tensorop_candidate->name, NAME_SIZE - 1);
  for (int op = OP_PACK_A; op <= OP_DOT; op++) h.kernels |= (uint32_t)calls_has_kernel(op) << op;
  const int64_t vectors = k->lanes > 0 ? (k->direct_rows + k->lanes - 1) / k->lanes : 0;
  for (int64_t v = 0; v < vectors && v < MAX_VECTORS; v++) h.direct_n_max[v] = k->direct_n_max[v];
  for (int i = 0; abi_rules[i]; i++) strncpy(h.rules[i], abi_rules[i], NAME_SIZE - 1);
  return h;
}

/* Runs before every other constructor of the program: candidate code must not get a turn before the door is shut. */
static void enter(int argc, char **argv) {
  if (argc != 2 || slots_map(&memory, strtoll(argv[1], NULL, 10), ARENA_FD) != 0) _exit(3);
  close(ARENA_FD);
  checked = abi_init();
  faults_install(&memory);
  sandboxed = sandbox_enter();
}

__attribute__((section(".preinit_array"), used)) static void (*const first)(int, char **) = enter;

int main(int argc, char **argv) {
  if (!memory.capacity) enter(argc, argv); /* a C library that knows no .preinit_array */
  if (tensorop_candidate->prepare) tensorop_candidate->prepare();
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
