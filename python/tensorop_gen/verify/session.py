"""A running verifier with its candidate: cases in, findings out."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tensorop_gen.build import Built
from tensorop_gen.operators.cases.geometry import Geometry
from tensorop_gen.request.model import Shape
from tensorop_gen.run.base import BoardError, BoardLost, Runner
from tensorop_gen.run.board import trouble
from tensorop_gen.verify.model import Failure

CAPACITY = 96 << 20  # bytes that the largest operand may span
# How the verifier says it; a candidate behind its filter of system calls cannot do this to itself.
_KILLED = "the candidate was ended by: Killed"


class HarnessError(RuntimeError):
    """The verifier itself did not do its work."""


class CandidateFailed(RuntimeError):  # noqa: N818  # the candidate's failure, not this program's
    """A candidate under measurement crashed, hung or gave a wrong result."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(f"{failure.kind}: {failure.text} (case: {failure.case})")

    def __reduce__(self) -> tuple[type[CandidateFailed], tuple[Failure]]:
        return CandidateFailed, (self.failure,)


@dataclass(frozen=True, slots=True)
class Timing:
    """`calls` calls took `seconds`. worst: ratio of their result; elements: so many of C were looked at."""

    seconds: float
    calls: int
    worst: float
    elements: int


@dataclass(frozen=True, slots=True)
class Report:
    """Cases passed, the first failure, and by kernel or path: cases and worst ratio."""

    cases: int
    failure: Failure | None
    counts: dict[str, int] = field(default_factory=dict)
    worst: dict[str, float] = field(default_factory=dict)


class Session:
    """Use with `with`. `geometry` is None if the candidate did not start; `report()` then says why. timeout: seconds
    for one call, if more than the runner's own."""

    def __init__(self, built: Built, runner: Runner, seed: int, capacity: int = CAPACITY, timeout: float = 0.0) -> None:
        milliseconds = str(int(max(runner.timeout, timeout) * 1000))
        words = [str(built.harness.verifier), str(seed), str(capacity), milliseconds, "--"]
        candidate = [str(built.executable)]
        words = runner.command([*words, *candidate]) if runner.away else [*words, *runner.command(candidate)]
        # A board's own troubles come by standard error and the exit code.
        self._said = tempfile.TemporaryFile("w+") if runner.away else None  # noqa: SIM115  (closed by close)
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said, text=True, errors="replace"
        )
        try:
            first = self._answer()
        except (HarnessError, BoardError):
            self.close()
            raise
        self._failed_start = _report(first) if "cases" in first else None
        self.geometry: Geometry | None = None
        try:
            self.geometry = None if self._failed_start else Geometry.from_hello(first)
        except ValueError as error:
            self._failed_start = Report(0, Failure(kind="start", text=str(error), case=""))

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()
        if self._said:
            self._said.close()

    @property
    def pid(self) -> int:
        """Of the verifier, whose only child is the candidate."""
        return self._process.pid

    def check(self, cases: Iterable[str]) -> None:
        """Sends cases; after the first failure the rest is passed over."""
        self._send("".join(f"{case}\n" for case in cases))

    def report(self) -> Report:
        """Findings so far, when all cases sent are done."""
        if self._failed_start:
            return self._failed_start
        self._send("report\n")
        return _report(self._answer())

    def time(self, shape: Shape, calls: int, path: int = -1) -> Timing:
        """Times `calls` calls of one GEMM on one thread, alpha 1, beta 0, fresh data each time; path -1: the
        instance's choice at each call. Raises CandidateFailed; HarnessError if an operand is over `capacity` bytes."""
        self._send(f"{timing_case(shape, calls, path)}\n")
        answer = self._answer()
        if answer["failure"] and answer["failure"]["kind"] == "plan":
            raise HarnessError(f"{shape}: {answer['failure']['text']}")
        if answer["failure"]:
            raise CandidateFailed(Failure(**answer["failure"]))
        return Timing(answer["seconds"], calls, answer["worst"], answer["elements"])

    def _send(self, text: str) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.write(text)
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line.endswith("\n"):
            raise self._ended()
        answer: dict[str, Any] = json.loads(line)
        if self._said and answer.get("failure") and _KILLED in answer["failure"]["text"]:
            raise BoardLost("the board killed the candidate: out of memory, by all signs; stop what else runs there")
        return answer

    def _ended(self) -> HarnessError | BoardError:
        code = self._process.wait()
        if not self._said:
            return HarnessError(f"the verifier ended early (exit code {code})")
        self._said.seek(0)
        said = self._said.read()
        return trouble(code, said)


def timing_case(shape: Shape, calls: int, path: int = -1) -> str:
    """A row-major GEMM as the canonical, column-major one: operands swapped."""
    a, b = shape.layout[0], shape.layout[1]
    m, n, k = shape.n, shape.m, shape.k
    a_strides = (1, m) if b == "N" else (k, 1)
    b_strides = (1, k) if a == "N" else (n, 1)
    strides = f"a_rs={a_strides[0]} a_cs={a_strides[1]} b_rs={b_strides[0]} b_cs={b_strides[1]}"
    return f"time m={m} n={n} k={k} {strides} ldc={m} place=start path={path} calls={calls}"


def _report(answer: dict[str, Any]) -> Report:
    failure = Failure(**answer["failure"]) if answer["failure"] else None
    tallies = answer["tallies"].items()
    counts = {name: t["cases"] for name, t in tallies}
    worst = {name: t["worst"] for name, t in tallies}
    return Report(answer["cases"], failure, counts, worst)
