"""Tuning without the hardware, held against all there is: python -m bench.tuner.modelled [--markdown docs/tuning.md]

A reduced space of each target is searched exhaustively on the model, then tuned as `tensorop-gen tune` does without a
machine: on the whole space, from the analytical defaults and from the worst point of the reduced one. Then instructions
are moved only, from the author's order and from one that has every load next to its use."""

from __future__ import annotations

import argparse
import datetime
import itertools
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import tensorop_gen
from tensorop_gen.hardware.library import load
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.isa import target
from tensorop_gen.isa.motion import all_moved
from tensorop_gen.operators.gemm import OPERATOR, kernels, space
from tensorop_gen.operators.gemm.params import GemmParams, defaults, problems
from tensorop_gen.pipeline.model import Options
from tensorop_gen.pipeline.modelled import CostModel, modelled_evaluator, modelled_space
from tensorop_gen.request.model import Request, Shape
from tensorop_gen.tune.model import Action, Budget, Point
from tensorop_gen.tune.policy import make_policy
from tensorop_gen.tune.reorder import inner_loop
from tensorop_gen.tune.search import Search

TARGETS = ("spacemit-k1", "cortex-a76")
SHAPE = Shape(1024, 1024, 1024)
UNROLL, KC, MC, AHEAD = (1, 2, 4, 8), (128, 256, 512, 1024), (32, 64, 128), (False, True)
SEEDS, TRIALS = 8, 200
MOVE_SEEDS, MOVES = 5, 100  # where instructions alone are moved
NEAR = 0.02  # of the optimum
BEGIN, END = "<!-- bench/tuner/modelled.py -->", "<!-- end of modelled.py -->"  # the tables' place in a page


def reduced(factors: HardwareFactors) -> list[Point]:
    """Tiles of the instruction set x unroll x KC x MC x loads ahead, as far as the target allows them."""
    axes = (target.find(factors.isa).preferences.tiles, UNROLL, KC, MC, AHEAD)
    found: dict[Point, None] = {}
    for (vectors, nr), unroll, kc, mc, ahead in itertools.product(*axes):
        changed = replace(defaults(factors), vectors=vectors, nr=nr, unroll=unroll, kc=kc, mc=mc, ahead=ahead)
        made = space.aligned(changed, factors)
        if not problems(made, factors):
            found[Point(made)] = None
    return list(found)


@dataclass(frozen=True)
class Subject:
    """A target with its model. speed: flops a cycle."""

    factors: HardwareFactors
    model: CostModel

    def speed(self, point: Point) -> float:
        return self.model.speed(point, SHAPE)

    def percent(self, point: Point) -> str:
        return f"{100 * self.speed(point) / self.factors.flops_per_cycle:.1f} %"

    def tuned(self, start: Point, seed: int, trials: int, kinds: Callable[[Action], bool]) -> tuple[Point, int]:
        """The winner, and the trial in which it was found."""
        whole = modelled_space(self.model, start, Request("", shapes=(SHAPE,)), Options())
        evaluate = modelled_evaluator(self.model, whole)
        search = Search(start, lambda p: [a for a in whole(p) if kinds(a)], make_policy("history", seed), evaluate)
        last = max((trial.number for trial in search.run(Budget(trials=trials)) if trial.accepted), default=0)
        return search.incumbent, last


def naive(params: GemmParams, factors: HardwareFactors) -> Point:
    """Every load of COMPUTE's k-loop as late as the dependences allow: next to what uses it."""
    program = kernels.write(params, target.find(factors.isa))["compute"]
    block = inner_loop(program, OPERATOR.loops(params)["compute"])
    assert block
    loads = [i for i, insn in enumerate(block.insns) if insn.kind in ("load", "broadcast")]
    order = all_moved(block.insns, tuple(range(len(block.insns))), loads, len(block.insns))
    return Point(params, ((f"compute:{block.label}", order),))


def tuning(subject: Subject, points: Sequence[Point]) -> list[str]:
    """Rows of the first table: where the searches of all seeds end, against the optimum of the reduced space."""
    ranked = sorted(points, key=subject.speed)
    best = subject.speed(ranked[-1])
    rows = []
    for name, start in (("the defaults", Point(defaults(subject.factors))), ("the worst point", ranked[0])):
        ends = [subject.tuned(start, seed, TRIALS, lambda _: True) for seed in range(SEEDS)]
        left = [100 * (1 - subject.speed(point) / best) for point, _ in ends]
        near = sum(gap <= 100 * NEAR for gap in left)
        trials = statistics.median(last for _, last in ends)
        gaps = f"{statistics.median(left):+.1f} % ({min(left):+.1f}..{max(left):+.1f})"
        values = (len(points), subject.percent(ranked[-1]), name, subject.percent(start), gaps, f"{near} of {SEEDS}")
        rows.append(row(subject.factors.name, *map(str, values), f"{trials:g}"))
    return rows


def ordering(subject: Subject, best: Point) -> list[str]:
    """Rows of the second table: what moving instructions alone brings."""
    rows = []
    for params in dict.fromkeys((best.params, replace(best.params, ahead=not best.params.ahead))):
        for name, start in (
            ("the author's", Point(params)),
            ("loads next to their uses", naive(params, subject.factors)),
        ):
            ends = [subject.tuned(start, seed, MOVES, lambda a: a.kind == "reorder")[0] for seed in range(MOVE_SEEDS)]
            end = sorted(ends, key=subject.speed)[len(ends) // 2]
            gain = f"{100 * (subject.speed(end) / subject.speed(start) - 1):+.1f} %"
            tile = f"{params.vectors}x{params.nr}, unroll {params.unroll}, ahead {'on' if params.ahead else 'off'}"
            rows.append(row(subject.factors.name, tile, name, subject.percent(start), subject.percent(end), gain))
    return rows


def row(*values: str) -> str:
    return f"| {' | '.join(values)} |"


def table(heads: Sequence[str], rows: Sequence[str]) -> str:
    return "\n".join([row(*heads), row(*["---"] * len(heads)), *rows])


def text() -> str:
    searches, orders, judges = [], [], []
    for name in TARGETS:
        factors = load(name)
        subject = Subject(factors, CostModel.of(factors))
        points = reduced(factors)
        judges.append(str(subject.model).removeprefix("modelled: "))
        searches += tuning(subject, points)
        orders += ordering(subject, max(points, key=subject.speed))
    date = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    head = f"`modelled` on {date}, tensorop-gen {tensorop_gen.__version__}; {'; '.join(judges)}. {SHAPE}, one core; "
    first = ("target", "points", "optimum, of peak", "start", "of peak", "left to the optimum after tuning",
             f"within {NEAR:.0%}", "last gain in trial")  # fmt: skip
    second = ("target", "COMPUTE", "order", "of peak", f"after {MOVES} moves", "gain")
    return (
        f"{head}policy `history`, {SEEDS} seeds, {TRIALS} trials each.\n\n{table(first, searches)}\n\n"
        f"Instructions moved only, {MOVES} trials, the median of {MOVE_SEEDS} seeds:\n\n{table(second, orders)}\n"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--markdown", type=Path)
    given = arguments.parse_args()
    found = text()
    print(found)
    if given.markdown:
        page = given.markdown.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN)
        given.markdown.write_text(f"{before}{BEGIN}\n{found}{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
