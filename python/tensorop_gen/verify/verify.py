"""The proof: runs a plan of cases on a built candidate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tensorop_gen.build import Built
from tensorop_gen.run.base import Runner
from tensorop_gen.verify.geometry import Geometry, Path
from tensorop_gen.verify.model import Failure, Level, Verification
from tensorop_gen.verify.plan import plan
from tensorop_gen.verify.plan_blocks import unknown
from tensorop_gen.verify.session import HarnessError, Report, Session


def verify(
    built: Built, runner: Runner, level: Level = "quick", seed: int = 0, case: str | None = None
) -> Verification:
    """Proves a candidate, or finds its first failure. case: only this one (a reproducer's). Same seed, same cases."""
    with Session(built, runner, seed) as session:
        geometry = session.geometry
        cases: Sequence[str] = ()
        if geometry is not None:
            cases = [case] if case else plan(geometry, built.sizes, level, seed)
            session.check(cases)
        report = session.report()
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
        level="case" if case else level,
        harness=built.harness.hash,
        kind=runner.kind,
        not_checked=_not_checked(geometry, built.sizes, report),
        failure=failure,
    )


def _fails_alone(built: Built, runner: Runner, seed: int, failure: Failure) -> bool:
    with Session(built, runner, seed) as session:
        session.check([failure.case])
        return session.report().failure is not None


def _not_checked(geometry: Geometry | None, sizes: Mapping[str, int], report: Report) -> tuple[str, ...]:
    if geometry is None:
        return ()
    missing = [f"{rule}: not visible on this machine" for rule in geometry.unchecked]
    if not geometry.sandboxed:
        missing.append("system calls: this kernel has no filter for them")
    if Path.PACKED in geometry.paths and (names := unknown(sizes)):
        missing.append(f"several blocks at once: {', '.join(names)} not known")
    paths = [f"run {path.name.lower()}" for path in geometry.paths]
    missing += [f"{path}: no case took this path" for path in paths if path not in report.counts]
    return tuple(missing)
