"""A folder as a run writes it, with a search behind it whose speeds are known, and what hostile text may be in it."""

from __future__ import annotations

import functools
import math
from pathlib import Path

from tests.measure.samples import comparison as made_up

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.cache.history import History
from tensorop_gen.cache.history_row import Identity, Row
from tensorop_gen.cache.model import Provenance, Record
from tensorop_gen.hardware.library import load
from tensorop_gen.measure.candidate import Measurement
from tensorop_gen.measure.model import CacheFacts, Comparison
from tensorop_gen.operators.gemm import OPERATOR
from tensorop_gen.operators.gemm.params import GemmParams, defaults
from tensorop_gen.report.record import record_files
from tensorop_gen.request.model import Request, Shape
from tensorop_gen.tune.actions import ActionSpace
from tensorop_gen.tune.history import HistoryPolicy
from tensorop_gen.tune.model import Action, Budget, Outcome, Point, Trial
from tensorop_gen.tune.search import Search, best
from tensorop_gen.verify import Verification

FACTORS = load("cortex-a76")
START = Point(defaults(FACTORS))
HOSTILE = "</script><img src=x onerror='hacked = 1'><script>hacked = 1</script> {{ 7 * 7 }} %{x}"
IDENTITY = Identity(
    search="s1", target=FACTORS.name, operator="gemm", dtype="f32", machine="m1", machine_name=f"a board {HOSTILE}",
    policy="history", seed=0, versions="tensorop-gen 0.1",
)  # fmt: skip


@functools.cache
def actions(point: Point) -> tuple[Action, ...]:
    found = ActionSpace(OPERATOR, FACTORS, ("packed",))(point)
    return tuple(action for action in found if action.kind != "reorder")


def speed(params: GemmParams) -> float:
    return math.exp(-abs(params.kc - START.params.kc - 64) / 4000 - 0.01 * abs(params.unroll - 2))


def evaluate(point: Point, incumbent: Point) -> Outcome:
    """Three of sixteen points do not build."""
    if int(point.key[0], 16) < 3:
        return Outcome(reason=f"does not build: {HOSTILE}")
    gain = math.log(speed(point.params) / speed(incumbent.params))
    return Outcome(gain, gain - 0.001, gain + 0.001, noise=0.004, rounds=7)


@functools.cache
def trials(count: int = 40) -> tuple[Trial, ...]:
    return tuple(Search(START, actions, HistoryPolicy(1), evaluate).run(Budget(trials=count)))


def rows(count: int = 40, **changes: str | int) -> tuple[Row, ...]:
    identity = IDENTITY.model_copy(update=changes)
    return tuple(Row.of(identity, trial, f"2026-11-24T12:{trial.number // 60:02}:00+00:00") for trial in trials(count))


def record(point: Point = START, measured: bool = True) -> Record:
    shapes = (Shape(64, 64, 64), Shape(1000, 1000, 1000), Shape(4, 4096, 4096))
    speeds = [
        Measurement(shape=shape, threads=threads, kind="measured", rounds=7, gflops=30.0 * threads,
                    percent_of_peak=75.0, interval=(74.0, 77.0), before=0.5, after=1.5)
        for threads in (1, 2) for shape in shapes
    ]  # fmt: skip
    return Record(
        triple=FACTORS.triple, cpu=FACTORS.name, operator="gemm", dtype="f32", factors=FACTORS.kernel_values(),
        params=point.params.to_dict(), order=point.order, measurements=tuple(speeds) if measured else (),
        candidate=BuiltinAuthor().write(Request(""), FACTORS, point.params, point.order).key,
        verification=Verification(
            passed=True, cases=1234, worst_ratio=2.5, worst={"compute": 2.5}, counts={"compute": 99}, seed=7,
            level="quick", harness="h", kind="emulated", not_checked=(f"syscalls {HOSTILE}",),
        ),
        provenance=Provenance(
            author="builtin", generator="0.1.0", date="2026-11-24", host=f"a CPU {HOSTILE}", compiler="gcc 12",
            params="tuned", trials=40,
        ),
    )  # fmt: skip


def comparison() -> Comparison:
    """Made on the CPU of the record."""
    found = made_up()
    caches = tuple(
        CacheFacts(level=c.level, kind=c.kind, bytes=c.bytes, ways=c.ways, shared_by=1) for c in FACTORS.caches
    )
    return found.model_copy(update={"machine": found.machine.model_copy(update={"caches": caches})})


def winner() -> Point:
    return best(START, trials())


def folder(root: Path, kept: Record | None = None, with_trials: bool = True) -> tuple[Path, Path, Path]:
    """The folder, the cache and the comparison."""
    for name, text in record_files(FACTORS, kept or record(winner())).items():
        (root / "out/record").mkdir(parents=True, exist_ok=True)
        (root / "out/record" / name).write_text(text)
    if with_trials:
        with History(root / "cache") as history:
            history.add(rows())
    bench = root / "bench.json"
    bench.write_text(comparison().model_dump_json())
    return root / "out", root / "cache", bench


def action(number: int, name: str, parent: str, level: float, reason: str = "", accepted: bool = False) -> Row:
    """A trial by hand. name, which is its point as well."""
    one = rows(1)[0]
    return one.model_copy(
        update={
            "number": number, "name": name, "point": name, "parent": parent, "against": "root", "gain": level,
            "low": level - 0.01, "high": level + 0.02, "level": level, "parent_level": 0.0, "reason": reason,
            "accepted": accepted,
        }
    )  # fmt: skip
