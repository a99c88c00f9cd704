from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tensorop_gen.build import Built
from tensorop_gen.operators.gemm import OPERATOR
from tensorop_gen.run import LocalRunner, RunKind
from tensorop_gen.verify import CaseError, HarnessError, Verification, verify
from tensorop_gen.verify.plan import plan
from tensorop_gen.verify.session import Session

RUNNER = LocalRunner(timeout=2.0)
CASE = "compute m=3 n=2 k=5 ldc=4 alpha=0.7 beta=1.3"


@dataclass(frozen=True)
class Prefixed:
    """A runner as an emulator's would be: other words before the program."""

    kind: RunKind = "emulated"
    timeout: float = 2.0
    away: bool = False

    def command(self, argv: Sequence[str]) -> list[str]:
        return ["env", "LC_ALL=C", *argv]


def has_avx2() -> bool:
    return " avx2 " in Path("/proc/cpuinfo").read_text()


def test_record_round_trip(right: Built) -> None:
    result = verify(right, RUNNER, "smoke", seed=7)
    assert Verification.model_validate_json(result.model_dump_json()) == result
    assert result.seed == 7
    assert 0 < result.cases <= sum(result.counts.values())
    assert result.harness == right.harness.hash
    assert set(result.counts) >= {"compute", "pack_a", "direct_n", "stream", "run packed", "run packed ahead"}
    assert 0 < result.worst_ratio < 8


def test_every_planned_case_ran(right: Built) -> None:
    with Session(right, RUNNER, 0) as session:
        assert session.geometry is not None
        planned = plan(OPERATOR, session.geometry, right.sizes, "smoke", 0)
    assert verify(right, RUNNER, "smoke").cases == len(planned)


def test_seed_decides_data_and_plan(right: Built) -> None:
    first, again, other = (verify(right, RUNNER, "smoke", seed) for seed in (1, 1, 2))
    assert first == again
    assert first.worst != other.worst


def test_runner_starts_the_candidate(right: Built) -> None:
    assert verify(right, Prefixed(), case=CASE).kind == "emulated"


def test_single_case(right: Built) -> None:
    result = verify(right, RUNNER, case=CASE)
    assert (result.passed, result.cases, result.level) == (True, 1, "case")
    assert result.not_checked == (), "what a plan would have to reach"


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        ("", "one begins with pack_a"),
        ("nonsense m=1", "one begins with pack_a"),
        ("report", "one begins with pack_a"),
        ("time m=3", "one begins with pack_a"),
        ("compute m=x", "must be a known name=value"),
        ("compute m", "must be a known name=value"),
        ("run q=1", "must be a known name=value"),
        ("compute m=3 ldc=2", "ldc at least m"),
        ("run k=-1", "must be positive"),
        ("compute m=3\ncompute m=4", "one line of at most 300 characters"),
        ("compute " + 50 * " m=3  ", "one line of at most 300 characters"),
        ("run m=9999 n=9999 k=1", "do not fit"),
    ],
)
def test_what_is_no_case_is_refused(right: Built, case: str, problem: str) -> None:
    with pytest.raises(CaseError, match=problem) as error:
        verify(right, RUNNER, case=case)
    assert "copy it from the last line of a failed proof" in str(error.value)


def test_case_of_a_missing_kernel_is_refused(planted: Callable[[str], Built]) -> None:
    with pytest.raises(CaseError, match="this candidate has no kernel direct_n"):
        verify(planted("HIDES_KERNELS"), RUNNER, case="direct_n m=3 n=2 k=5")


def test_failed_start_is_shown_again_by_the_whole_plan(planted: Callable[[str], Built]) -> None:
    found = verify(planted("CLAIMS_NO_GRAIN"), RUNNER, "smoke", seed=4)
    assert found.reproducer("again") == "again --level smoke --seed 4"


def test_reproducer_shows_the_failure_again(planted: Callable[[str], Built]) -> None:
    built = planted("ALPHA_TWICE")
    found = verify(built, RUNNER, "smoke", seed=3)
    assert found.failure is not None
    words = shlex.split(found.reproducer("tensorop-gen verify sgemm for zen4"))
    assert words[:5] == ["tensorop-gen", "verify", "sgemm", "for", "zen4"]
    again = verify(built, RUNNER, case=words[words.index("--case") + 1], seed=int(words[words.index("--seed") + 1]))
    assert again.failure == found.failure
    feedback = found.feedback()
    assert feedback is not None
    assert feedback.stage == "verify"
    assert feedback.where == found.failure.case


def test_state_between_calls_is_told_apart(planted: Callable[[str], Built]) -> None:
    found = verify(planted("STATE"), RUNNER, "smoke")
    assert found.failure is not None
    assert not found.failure.alone
    assert "--level smoke" in found.reproducer()


def test_upper_halves_left_dirty(planted: Callable[[str], Built]) -> None:
    """Where the machine has such registers; elsewhere the record says that this was not checked."""
    if has_avx2():
        failure = verify(planted("DIRTY_UPPER_HALVES"), RUNNER, "smoke").failure
        assert failure is not None
        assert (failure.kind, "vzeroupper" in failure.text) == ("abi", True)
    else:
        assert any("vzeroupper" in what for what in verify(planted(""), RUNNER, "smoke").not_checked)


def test_missing_candidate_does_not_start(right: Built, tmp_path: Path) -> None:
    failure = verify(replace(right, executable=tmp_path / "none"), RUNNER).failure
    assert failure is not None
    assert failure.kind == "start"


def test_broken_verifier_is_not_the_candidates_fault(right: Built) -> None:
    broken = replace(right, harness=replace(right.harness, verifier=Path("/bin/false")))
    with pytest.raises(HarnessError, match="ended early"):
        verify(broken, RUNNER)
