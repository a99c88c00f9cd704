"""Proof that the checks bite: each planted bug is found, and for what it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tensorop_gen.build import Built
from tensorop_gen.run import LocalRunner
from tensorop_gen.verify import verify

RUNNER = LocalRunner(timeout=1.0)

# Parameters that this candidate has not.
NAMES = ("direct_kc", "dot_min_k", "kc", "mc", "nc", "stream_min_rows", "stream_rows")
# bug: kind of failure, part of its text
BUGS = {
    # wrong results
    "DROPS_LAST_K": ("element", "expected"),
    "SWAPS_LANES": ("element", "expected"),
    "READS_C": ("element", "nan"),
    "READS_C_AT_EDGES": ("element", "nan"),
    "WRONG_TAIL_COLUMN": ("element", "C(0, 2)"),
    "ALPHA_TWICE": ("element", "expected"),
    "BETA_IGNORED": ("element", "expected"),
    "IGNORES_K_ZERO": ("element", "expected"),
    "LOSES_PRECISION": ("element", "over the limit"),
    "WRONG_AT_ONE_SHAPE": ("element", "C(6, 0)"),
    "STATE": ("element", "expected"),
    "STALE_PACKING": ("element", "expected"),
    "IGNORES_OFFSET": ("share", "in shares"),
    "SHARE_DEPENDENT": ("share", "in shares"),
    "NO_ZERO_FILL": ("panel", "0 expected"),
    # memory
    "WRITES_PADDING": ("outside", "outside C"),
    "PACKS_PAST_PANEL": ("write", "past the end of the workspace"),
    "OVERRUNS_WORKSPACE": ("outside", "outside the workspace"),
    "READS_PAST_WIDTH": ("read", "past the end of A"),
    "READS_PAST_A": ("read", "0 bytes past the end of A"),
    "READS_PAST_B": ("read", "0 bytes past the end of B"),
    "READS_BEFORE_B": ("read", "4 bytes before the start of B"),
    "WRITES_A": ("write", "into A, an input"),
    "RUN_WRITES_A": ("write", "into A, an input"),
    "WRITES_TILE": ("descriptor", "argument structs"),
    "ALIGNED_LOADS": ("read", "no operand"),
    # calling convention
    "CLOBBERS_RBX": ("abi", "rbx"),
    "CLOBBERS_RBP": ("abi", "rbp"),
    "CLOBBERS_R12": ("abi", "r12"),
    "CLOBBERS_R15": ("abi", "r15"),
    "CHANGES_MXCSR": ("abi", "MXCSR"),
    "RESETS_MXCSR": ("abi", "MXCSR"),
    "CHANGES_X87": ("abi", "x87 control word"),
    "LEAVES_MMX": ("abi", "x87 registers"),
    "SETS_DIRECTION": ("abi", "direction flag"),
    "WRITES_CALLERS_FRAME": ("abi", "caller's stack frame"),
    "MOVES_STACK": ("abi", "stack pointer"),
    "NEEDS_ALIGNED_STACK": ("read", "no operand"),
    # behaviour
    "OPENS_FILE": ("syscall", "system call"),
    "OPENS_FILE_BEFORE_MAIN": ("start", "before its first answer"),
    "UNKNOWN_INSTRUCTION": ("signal", "Illegal instruction"),
    "LEAVES": ("died", "exit code 0"),
    "CLAIMS_NO_GRAIN": ("start", "m_grain"),
    "CLAIMS_NO_COLUMNS": ("start", "direct_n_max"),
    "LOOPS_FOREVER": ("timeout", "1000 ms"),
}


def test_right_candidate_passes(right: Built) -> None:
    result = verify(right, RUNNER, "quick")
    assert result.failure is None
    assert result.passed
    assert result.not_checked == (f"edges of blocks and of the choice of path: {', '.join(NAMES)} not known",)


@pytest.mark.parametrize("bug", BUGS)
def test_bug_is_found(bug: str, planted: Callable[[str], Built]) -> None:
    kind, text = BUGS[bug]
    result = verify(planted(bug), RUNNER, "quick")
    assert result.failure is not None
    assert not result.passed
    assert result.failure.kind == kind
    assert text in result.failure.text


def test_unproven_kernels_are_named(planted: Callable[[str], Built]) -> None:
    """A path that the instance takes with kernels that it does not name."""
    result = verify(planted("HIDES_KERNELS"), RUNNER, "smoke")
    assert any(what.startswith("run direct: only where the instance chose it") for what in result.not_checked)
