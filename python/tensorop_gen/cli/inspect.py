"""Commands that only tell: targets, doctor, prefix, cmake-dir."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tensorop_gen.cli.app import CacheDir, Json, app

if TYPE_CHECKING:
    from tensorop_gen.hardware.model import HardwareFactors


@app.command()
def targets(
    name: Annotated[list[str] | None, typer.Argument(help="a target's name or alias, or host for this machine")] = None,
    json: Json = False,
) -> None:
    """The known CPUs, or all that is known of one, every number with its source."""
    from tensorop_gen.hardware.library import all_targets
    from tensorop_gen.hardware.probe import resolve_target

    if name:
        target = resolve_target(" ".join(name))
        typer.echo(target.model_dump_json(indent=1) if json else _described(target))
    elif json:
        import json as text

        typer.echo(text.dumps([target.model_dump(mode="json") for target in all_targets()]))
    else:
        width = max(len(target.name) for target in all_targets())
        typer.echo("\n".join(f"{t.name:{width}}  {t.triple}  {t.isa:8}  {t.title}" for t in all_targets()))


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
