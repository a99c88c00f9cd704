"""Hardware factors in words, for a prompt."""

from __future__ import annotations

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


def _cache(cache: Cache) -> str:
    shared = f", shared by {cache.shared_by} cores" if cache.shared_by > 1 else ""
    return f"L{cache.level} {cache.bytes // 1024} KB, {cache.ways}-way, {cache.line}-byte lines{shared}"
