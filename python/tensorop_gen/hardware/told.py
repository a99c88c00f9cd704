"""Hardware factors in words, for a prompt."""

from __future__ import annotations

from tensorop_gen.hardware.gpu import GpuFactors, Operands
from tensorop_gen.hardware.model import Cache, HardwareFactors


def told(factors: HardwareFactors) -> tuple[str, ...]:
    """One sentence a factor."""
    lines = [
        f"INST: {factors.isa}, {factors.arch}; {factors.flops_per_cycle} float32 operations a cycle and core",
        f"VR: {factors.vector_registers} vector registers of {factors.vector_bits} bits",
        *(f"MH: {_cache(cache)}" for cache in factors.caches if cache.kind != "instruction"),
    ]
    if factors.issue:
        lines.append(f"INST: issues {factors.issue.width} instructions a cycle, {factors.issue.order}")
    lines += [f"INST: {c.insn}: latency {c.latency:g}, one every {c.throughput:g} cycles" for c in factors.costs]
    return tuple(lines)


def told_gpu(gpu: GpuFactors, operands: Operands) -> tuple[str, ...]:
    """The same for a GPU."""
    shared = gpu.shared_memory
    return (
        f"SM: {gpu.multiprocessors} multiprocessors, each {gpu.threads} resident threads and {gpu.registers} registers",
        f"MH: {shared.multiprocessor // 1024} KB shared memory a multiprocessor, {shared.block} bytes of it a block",
        f"MH: L2 {gpu.l2_bytes.value // 1024} KB, memory {gpu.bandwidth.value:g} GB/s",
        f"INST: {gpu.rate(operands):g} multiply-adds of {operands} a clock and multiprocessor, "
        f"{gpu.clock_ghz.value} GHz",
    )


def _cache(cache: Cache) -> str:
    shared = f", shared by {cache.shared_by} cores" if cache.shared_by > 1 else ""
    return f"L{cache.level} {cache.bytes // 1024} KB, {cache.ways}-way, {cache.line}-byte lines{shared}"
