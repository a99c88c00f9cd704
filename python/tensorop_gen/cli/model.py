"""model: what a target's kernels should reach, by its costs, without the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tensorop_gen.cli.app import CacheDir, Json, Sentence, Shapes, app

if TYPE_CHECKING:
    from tensorop_gen.measure.cost.report import Loop, Report

_SHAPES = "256^3,1024^3,2048^3"


@app.command()
def model(
    sentence: Sentence = None,
    shapes: Shapes = None,
    start: Annotated[bool, typer.Option("--start", help="where tuning begins, whatever records there are")] = False,
    lines: Annotated[bool, typer.Option("--lines", help="the inner loop with its cycles line by line")] = False,
    cache: CacheDir = None,
    json: Json = False,
) -> None:
    """Predicts speeds on one core from the target's file: modelled, not measured (docs/modelled.md)."""
    from tensorop_gen.cache import records
    from tensorop_gen.cache.store import Store
    from tensorop_gen.hardware.probe import resolve_target
    from tensorop_gen.isa.target import names
    from tensorop_gen.measure.cost.report import report
    from tensorop_gen.measure.cost.table import CostError
    from tensorop_gen.operators.gemm import OPERATOR
    from tensorop_gen.request.model import RequestError
    from tensorop_gen.request.parse import parse
    from tensorop_gen.request.shapes import parse_shapes

    request = parse(" ".join(sentence or ("sgemm for this machine",)))
    if request.operator != OPERATOR.name:
        raise RequestError(f"only {OPERATOR.name} is modelled, {request.operator} is not")
    factors = resolve_target(request.target)
    if factors.isa not in names():
        raise CostError(f"{factors.name} runs the portable kernels in C: there are no instructions to model")
    record = None if start else records.find(Store(cache), factors, request.operator, request.dtype)
    params = OPERATOR.params.from_dict(record.params) if record else OPERATOR.defaults(factors)
    wanted = request.shapes + (parse_shapes(shapes) if shapes else ())
    found = report(factors, params, wanted or parse_shapes(_SHAPES))
    typer.echo(found.model_dump_json(indent=1) if json else _text(found, lines, "a record" if record else "the start"))


def _text(found: Report, lines: bool, whence: str) -> str:
    peak = f"peak {found.peak_gflops:.1f} GFLOPS" if found.peak_gflops else "clock not known"
    out = [f"{found.title}, one core, {peak}: modelled, not measured; parameters of {whence}", *_loop(found.loop)]
    if lines:
        out += [f"  {line.cycles:6.2f}  {line.text}" for line in found.loop.lines]
    out.append(
        f"{'shape':16} {'way':12} {'loads':>6} {'GFLOPS':>8} {'% peak':>7}  of the time: loops, tiles, pack, memory"
    )
    for p in found.predictions:
        shares = (p.parts.loops, p.parts.tiles, p.parts.pack, p.parts.memory)
        spent = ", ".join(f"{100 * part / p.cycles:.0f} %" for part in shares)
        out.append(f"{p.shape!s:16} {p.path:12} x{p.loads:<5g} {p.gflops:8.2f} {p.percent:7.1f}  {spent}")
    return "\n".join(out)


def _loop(loop: Loop) -> list[str]:
    def row(who: str, cycles: float) -> str:
        return f"  {cycles:.2f} cycles a k-step, {100 * loop.floor / cycles:.1f} % of peak: {who}"

    out = [f"inner loop, tile {loop.tile}", row(f"our model, bound by {loop.bound}", loop.cycles)]
    if loop.judge:
        out.append(row(f"llvm-mca for {loop.judge_cpu}, which counts", loop.judge))
    elif loop.judge_missing:
        out.append(f"  llvm-mca for {loop.judge_cpu}: {loop.judge_missing}")
    return out
