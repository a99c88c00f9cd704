"""Proof that the checks bite on other machines too: the rules of their calling conventions, and what an emulator must
hand through (faults, signals, deaths, time)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from tensorop_gen.build import Built, Toolchain, find_toolchain
from tensorop_gen.run import EmulatedRunner, Machine, find_emulator
from tensorop_gen.verify import Verification, verify

MACHINES = {"aarch64": Machine("aarch64", cpu="max"), "riscv64": Machine("riscv64", "rvv1.0", 256)}

# bug: kind of failure, part of its text
EVERYWHERE = {
    "DROPS_LAST_K": ("element", "expected"),
    "READS_PAST_A": ("access", "0 bytes past the end of A"),
    "WRITES_A": ("access", "into A, an input"),
    "PACKS_PAST_PANEL": ("access", "past the end of the workspace"),
    "UNKNOWN_INSTRUCTION": ("signal", "trap"),
    "LEAVES": ("died", "exit code 0"),
    "LOOPS_FOREVER": ("timeout", "1500 ms"),
    "WRITES_CALLERS_FRAME": ("abi", "caller's stack frame"),
    "MOVES_STACK": ("abi", "stack pointer"),
}
BUGS = {
    "aarch64": EVERYWHERE
    | {
        "CLOBBERS_X19": ("abi", "x19"),
        "CLOBBERS_X28": ("abi", "x28"),
        "CLOBBERS_X29": ("abi", "x29"),
        "CLOBBERS_X18": ("abi", "x18"),
        "CLOBBERS_D8": ("abi", "d8"),
        "CLOBBERS_D15": ("abi", "d15"),
        "CHANGES_FPCR": ("abi", "FPCR"),
        "RESETS_FPCR": ("abi", "FPCR"),
        "NO_LANDING_PAD": ("abi", "landing pad"),
    },
    "riscv64": EVERYWHERE
    | {
        "CLOBBERS_S0": ("abi", "s0"),
        "CLOBBERS_S1": ("abi", "s1"),
        "CLOBBERS_S11": ("abi", "s11"),
        "CLOBBERS_FS0": ("abi", "fs0"),
        "CLOBBERS_FS11": ("abi", "fs11"),
        "CLOBBERS_GP": ("abi", "gp"),
        "CLOBBERS_TP": ("abi", "tp"),
        "CHANGES_FRM": ("abi", "frm"),
        "RESETS_FRM": ("abi", "frm"),
        "LEAVES_VSTART": ("abi", "vstart"),
    },
}
NO_BUGS = {"aarch64": ("", "UPPER_HALVES"), "riscv64": ("", "SETS_FLAGS")}

compiler = cache(lambda arch: find_toolchain(f"{arch}-linux-gnu"))


def proof(built: Built, machine: Machine) -> Verification:
    return verify(built, EmulatedRunner(find_emulator(machine).words, timeout=1.5), "smoke")


@pytest.mark.parametrize(("arch", "name"), [(arch, name) for arch, names in NO_BUGS.items() for name in names])
def test_right_candidate_passes(arch: str, name: str, planted: Callable[[str, Toolchain], Built]) -> None:
    result = proof(planted(name, compiler(arch)), MACHINES[arch])
    assert result.failure is None
    assert result.kind == "emulated"
    assert result.not_checked[0] == "system calls: this kernel has no filter for them"
    assert [what.split(":")[0] for what in result.not_checked[1:]] == ["edges of blocks and of the choice of path"]


@pytest.mark.parametrize(("arch", "bug"), [(arch, bug) for arch, bugs in BUGS.items() for bug in bugs])
def test_bug_is_found(arch: str, bug: str, planted: Callable[[str, Toolchain], Built]) -> None:
    kind, text = BUGS[arch][bug]
    result = proof(planted(bug, compiler(arch)), MACHINES[arch])
    assert result.failure is not None
    assert (result.failure.kind, text in result.failure.text) == (kind, True), result.failure


def test_left_vstart_is_found_in_the_old_dialect(planted: Callable[[str, Toolchain], Built]) -> None:
    machine = Machine("riscv64", "rvv0.7.1", elen=32)
    result = proof(planted("LEAVES_VSTART", compiler("riscv64")), machine)
    assert result.failure is not None
    assert "vstart" in result.failure.text


def test_without_vectors_vstart_cannot_be_checked(planted: Callable[[str, Toolchain], Built]) -> None:
    result = proof(planted("", compiler("riscv64")), Machine("riscv64"))
    assert result.passed
    assert "vstart is 0: not visible on this machine" in result.not_checked
