"""The proof: runs a plan of cases on a built candidate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tensorop_gen import operators
from tensorop_gen.build import Built
from tensorop_gen.operators import Operator
from tensorop_gen.operators.cases.geometry import Geometry, Path
from tensorop_gen.operators.cases.sizes import Level
from tensorop_gen.run.base import Runner
from tensorop_gen.verify.case import CaseError, require
from tensorop_gen.verify.model import Failure, Verification
from tensorop_gen.verify.plan import plan
from tensorop_gen.verify.session import HarnessError, Report, Session


def verify(
    built: Built,
    runner: Runner,
    level: Level = "quick",
    seed: int = 0,
    case: str | None = None,
    calls_only: bool = False,
) -> Verification:
    """Proves a candidate, or finds its first failure. case: only this one (a reproducer's). calls_only: for one whose
    kernels by themselves were proven before. Same seed, same cases. Raises CaseError where that is not a case."""
    operator = operators.find(built.operator)
    with Session(built, runner, seed) as session:
        geometry = session.geometry
        cases: Sequence[str] = ()
        if geometry is not None:
            if case is None:
                cases = plan(operator, geometry, built.sizes, level, seed, calls_only)
            else:
                cases = _single(case, geometry)
            session.check(cases)
        report = session.report()
    if case is not None and report.failure and report.failure.kind == "plan":
        raise CaseError(case, report.failure.text)
    if report.failure is None and not 0 < len(cases) == report.cases:
        raise HarnessError(f"{report.cases} cases ran, the plan has {len(cases)}")
    failure = report.failure
    if failure and len(cases) > 1:
        failure = failure.model_copy(update={"alone": _fails_alone(built, runner, seed, failure)})
    return Verification(
        passed=failure is None,
        cases=report.cases,
        worst_ratio=max(report.worst.values(), default=0.0),
        worst=report.worst,
        counts=report.counts,
        seed=seed,
        level=level if case is None else "case",
        harness=built.harness.hash,
        kind=runner.kind,
        not_checked=_not_checked(operator, geometry, built.sizes, report if case is None else None) if geometry else (),
        failure=failure,
    )


def _single(case: str, geometry: Geometry) -> list[str]:
    require(case, geometry)
    return [case]


def _fails_alone(built: Built, runner: Runner, seed: int, failure: Failure) -> bool:
    with Session(built, runner, seed) as session:
        session.check([failure.case])
        return session.report().failure is not None


def _not_checked(
    operator: Operator[Any], geometry: Geometry, sizes: Mapping[str, int], report: Report | None
) -> tuple[str, ...]:
    """report: of a whole plan; None if a single case was asked for."""
    missing = [f"{rule}: not visible on this machine" for rule in geometry.unchecked]
    if not geometry.sandboxed:
        missing.append("system calls: this kernel has no filter for them")
    if report is None:
        return tuple(missing)
    if names := operator.unreached(geometry, sizes):
        missing.append(f"edges of blocks and of the choice of path: {', '.join(names)} not known")
    for path in Path:
        name = f"run {path.name.lower()}"
        ran = name in report.counts
        if path in geometry.paths and not ran:
            missing.append(f"{name}: no case took this path")
        if path not in geometry.paths and ran:
            missing.append(f"{name}: only where the instance chose it, as it names no kernels for this path")
    return tuple(missing)
