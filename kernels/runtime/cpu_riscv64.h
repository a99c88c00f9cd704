/* RISC-V features: identifier, name as in ISA strings. ZVLnB: vector registers of n bits at least, in either dialect of
 * the vector extension: V is version 1.0, XTHEADVECTOR 0.7.1. */
#ifndef TENSOROP_CPU_RISCV64_H
#define TENSOROP_CPU_RISCV64_H

#define TENSOROP_CPU_FEATURES(X)  \
  X(V, "v")                       \
  X(ZVFH, "zvfh")                 \
  X(XTHEADVECTOR, "xtheadvector") \
  X(ZVL128B, "zvl128b")           \
  X(ZVL256B, "zvl256b")           \
  X(ZVL512B, "zvl512b")           \
  X(ZVL1024B, "zvl1024b")

#endif
