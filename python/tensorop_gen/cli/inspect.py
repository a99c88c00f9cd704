"""Commands that only tell: targets, doctor, prefix, cmake-dir."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tensorop_gen.cli.app import CacheDir, Json, app

if TYPE_CHECKING:
    from tensorop_gen.hardware.gpu import GpuFactors
    from tensorop_gen.hardware.model import HardwareFactors


@app.command()
def targets(
    name: Annotated[list[str] | None, typer.Argument(help="a target's name or alias, or host for this machine")] = None,
    json: Json = False,
) -> None:
    """The known CPUs and GPUs, or all that is known of one, every number with its source."""
    from tensorop_gen.hardware.gpu import all_gpus, find_gpu
    from tensorop_gen.hardware.library import all_targets
    from tensorop_gen.hardware.probe import resolve_target

    if name and (gpu := find_gpu(" ".join(name))):
        typer.echo(gpu.model_dump_json(indent=1) if json else _gpu_described(gpu))
    elif name:
        target = resolve_target(" ".join(name))
        typer.echo(target.model_dump_json(indent=1) if json else _described(target))
    elif json:
        import json as text

        typer.echo(text.dumps([target.model_dump(mode="json") for target in (*all_targets(), *all_gpus())]))
    else:
        width = max(len(target.name) for target in all_targets())
        rows = [(t.name, t.triple, t.isa, t.title) for t in all_targets()]
        rows += [(g.name, g.triple, g.architecture, g.title) for g in all_gpus()]
        typer.echo("\n".join(f"{n:{width}}  {triple}  {isa:8}  {title}" for n, triple, isa, title in rows))


@app.command()
def doctor(
    cache: CacheDir = None,
    install: Annotated[
        bool,
        typer.Option("--install", help="fetch the emulator of RVV 0.7.1 (QEMU 5.2) and llvm-mca into a folder of ours"),
    ] = False,
) -> None:
    """What this machine has of the tools that are needed; exit code 3 if something is missing."""
    from tensorop_gen.cache.store import Store
    from tensorop_gen.measure.cost.judge import install_judge
    from tensorop_gen.pipeline import diagnose
    from tensorop_gen.run import install_emulators

    if install:
        typer.echo(f"QEMU 5.2 is in {install_emulators()}")
        typer.echo(f"llvm-mca is in {install_judge()}")
    findings = diagnose(Store(cache))
    for finding in findings:
        typer.echo(f"{'ok' if finding.ok else 'missing':8}{finding.what}: {finding.text}")
    raise typer.Exit(0 if all(finding.ok or finding.optional for finding in findings) else 3)


@app.command()
def prefix() -> None:
    """The folder for CMAKE_PREFIX_PATH."""
    from tensorop_gen.source import source_root

    typer.echo(source_root())


@app.command()
def cmake_dir() -> None:
    """The folder for TensorOp_DIR."""
    from tensorop_gen.source import source_root

    typer.echo(source_root() / "cmake")


def _gpu_described(gpu: GpuFactors) -> str:
    shared, each, peak = gpu.shared_memory, gpu.multiply_adds, gpu.peak
    rows = [
        ("sm", f"{gpu.multiprocessors} multiprocessors"),
        ("shared_memory", f"{shared.multiprocessor} bytes of a multiprocessor, {shared.block} of a block at most"),
        ("register_file", f"{gpu.registers} registers of 32 bits of a multiprocessor"),
        ("resident_threads", f"{gpu.threads} threads of a multiprocessor"),
        ("l2_bytes", f"{gpu.l2_bytes.value >> 20} MB"),
        ("bandwidth", f"{gpu.bandwidth.value:g} GB/s"),
        ("clock_ghz", f"{gpu.clock_ghz.value} GHz"),
        ("multiply_adds", f"a clock: f32 {each.f32:g}, tf32 {each.tf32:g}, f16 {each.f16:g}, bf16 {each.bf16:g}"),
        ("peak", f"TFLOPS: f32 {peak.f32:g}, tf32 {peak.tf32:g}, f16 {peak.f16:g}, bf16 {peak.bf16:g}"),
    ]
    head = [f"{gpu.name}: {gpu.title}", f"  {gpu.triple}, {gpu.architecture}; also: {', '.join(gpu.aliases)}"]
    return "\n".join(head + [f"  {name:16} {value}   [{gpu.source(name)}]" for name, value in rows])


def _described(target: HardwareFactors) -> str:
    def source(where: str) -> str:
        return target.sources.get(where) or target.sources.get(where.split(".")[0], "")

    clock = [("clock", f"{target.clock_ghz} GHz", "clock_ghz")] if target.clock_ghz else []
    rows = [
        ("vectors", f"{target.vector_registers} of {target.vector_bits} bits", "vectors"),
        ("f32 peak", f"{target.flops_per_cycle} flops a cycle and core", "vectors"),
        *(
            (
                f"L{c.level} {c.kind}",
                f"{c.bytes // 1024} KB, {c.ways}-way, {c.line}-byte lines, shared by {c.shared_by}",
                f"caches.L{c.level}{c.kind[0]}",
            )
            for c in target.caches
        ),
        ("cores", str(target.cores), "cores"),
        *clock,
        ("features", " ".join(target.detect.features) or "none", "detect"),
        *(
            (c.insn, f"latency {c.latency:g}, one every {c.throughput:g} cycles", f"costs.{c.insn}")
            for c in target.costs
        ),
    ]
    head = [f"{target.name}: {target.title}", f"  {target.triple}, {target.isa}; also: {', '.join(target.aliases)}"]
    return "\n".join(head + [f"  {name:14} {value}   [{source(where)}]" for name, value, where in rows])
