"""What is different where a board runs the candidates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tensorop_gen import operators
from tensorop_gen.build import find_toolchain
from tensorop_gen.build.facts import facts_program
from tensorop_gen.build.flags import architectures
from tensorop_gen.hardware.board import agreed, architecture, identity, known, read_board
from tensorop_gen.hardware.library import all_targets, find
from tensorop_gen.hardware.model import HardwareError
from tensorop_gen.hardware.probe import resolve, resolve_target
from tensorop_gen.measure.candidate import Measurement, measure
from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.measure.nominal import NominalPeak
from tensorop_gen.request.model import RequestError
from tensorop_gen.request.shapes import parse_shapes
from tensorop_gen.run import call_at, find_board, on_board, on_fleet

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorop_gen.build import Built
    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.pipeline.model import Reporter
    from tensorop_gen.pipeline.workshop import Proven
    from tensorop_gen.request.model import Shape
    from tensorop_gen.run import Place, Runner

SHOWN = parse_shapes("64^3, 256^3, 512^3")
ROUNDS = 3


def target_on(
    text: str, on: str, note: Callable[[str], None], drafted: HardwareFactors | None = None
) -> HardwareFactors:
    """The target of a request that is to run there; a board is asked what it is ("host": whatever that may be), a
    fleet's was asked by its worker. drafted: from a manual, of a chip that no file describes.

    Raises HardwareError where its answers contradict the target's file, BoardError, ToolMissing, RequestError."""
    if on_fleet(on):
        if text == "host":
            raise RequestError("a fleet has boards of many kinds: name the CPU that is meant instead of this machine")
        return drafted or find(text)
    if not on_board(on):
        return drafted or resolve_target(text)
    board = find_board(on)
    named = None if text == "host" else drafted or find(text)
    arch = architecture(board)
    if named and named.arch != arch:
        fault = (
            f"board {board.address} contradicts the file of {named.name}: {arch} on the board, {named.arch} in the file"
        )
        raise HardwareError(f'{fault}\nask for "sgemm for this machine" there to have what it is')
    if arch not in architectures():
        raise HardwareError(f"board {board.address} is {arch}; there are kernels for {', '.join(architectures())}")
    toolchain = replace(find_toolchain(f"{arch}-linux-gnu"), away=True)
    machine = read_board(board, arch, facts_program(toolchain))
    if named:
        return agreed(machine, named, str(board.address))
    factors = resolve(machine, all_targets())
    if not known(factors):
        note(f"no file describes this core ({identity(machine)}); {factors.name} fits every core with its instructions")
    return factors


def peak_there(runner: Place, factors: HardwareFactors) -> NominalPeak | None:
    """What a board is held against: its target's flops a cycle at its highest clock. None for this machine."""
    return NominalPeak.of(factors) if runner.away else None


def measured_there(proven: Proven, runner: Place, shapes: tuple[Shape, ...], say: Reporter) -> tuple[Measurement, ...]:
    """A proven candidate's speed on a board, on one thread. Nothing elsewhere, or where it cannot be had."""
    peak = peak_there(runner, proven.candidate.factors)
    if peak is None:
        return ()
    say.stage("measure", "on the board")
    if not peak.known:
        missing = "give its file flops_per_cycle and clock_ghz with their sources (CONTRIBUTING, Add a CPU)"
        say.note(f"{proven.candidate.factors.name} has no known peak, so that no speed is refused: {missing}")
    try:
        return call_at(runner, _timed, proven.built, shapes or _shown(proven.candidate.operator), peak)
    except MeasureError as error:
        say.note(f"not measured: {error}")
        return ()


def _timed(runner: Runner, built: Built, shapes: tuple[Shape, ...], peak: NominalPeak) -> tuple[Measurement, ...]:
    return measure(built, runner, shapes, ROUNDS, peak=peak)


def _shown(name: str) -> tuple[Shape, ...]:
    """A few shapes that tell much, else those that its first parameters are judged on."""
    operator = operators.find(name)
    return tuple(shape for shape in SHOWN if operator.takes(shape)) or operator.space.shapes(
        operator.space.groups(())[0]
    )
