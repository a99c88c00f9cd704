"""Every exit code, and what is said with it."""

from __future__ import annotations

import errno
import json
import sys
from pathlib import Path

import filelock
import pytest

from tensorop_gen import pipeline
from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.cli import main
from tensorop_gen.emit import output
from tensorop_gen.hardware.library import load
from tensorop_gen.operators.gemm.params import defaults
from tensorop_gen.request.model import Request
from tensorop_gen.verify import HarnessError

from .conftest import Run

NOT_UNDERSTOOD = [
    (("sgem for zen4",), ["sgem", "nearest: sgemm"]),
    (("sgemm", "for", "Pentium", "MMX"), ["Pentium MMX", "nearest: "]),
    (("conv2d for zen4",), ["cannot be generated yet"]),
    (("sgemm", "--shapes", "64x64"), ["64x64", "not a shape"]),
    (("sgemm", "--emit", "wheel"), ["wheel", "amalgamation"]),
    (("sgemm", "--tune", "soon"), ["soon", "off"]),
    (("sgemm", "--tune", "0"), ["leaves no time for a trial"]),
    (("sgemm", "--tune", ""), ["off", "seconds (60s)"]),
    (("sgemm", "--policy", "luck"), ["luck", "history, fixed, random"]),
    (("sgemm", "--fix", "speed=9"), ["speed is not a parameter", "unroll"]),
    (("sgemm", "--class", "huge"), ["huge", "tiny", "skinny"]),
    (("sgemm", "--fix", "kc=big"), ["kc is a whole number"]),
    (("sgemm", "--fix", "prefetch_a=1"), ["prefetch_a is on or off"]),
    (("targets", "pentium"), ["pentium", "nearest"]),
    (("bench", "x.so", "--threads", "many"), ["many"]),
    (("sources", "--targets", "z80"), ["z80", "nearest"]),
    (("sgemm", "--colour", "blue"), ["--colour"]),
    (("verify", "/no/such/folder"), ["/no/such/folder", "no folder that tensorop-gen made"]),
    (("verify", "sgemm for x86-64-v3", "--params", "kc=0"), ["kc must be at least 1"]),
    (("verify", "sgemm for x86-64-v3", "--params", "speed=9"), ["speed is not a parameter", "unroll"]),
    (
        ("verify", "sgemm for x86-64-v3", "--params", "direct_caps=8,6"),
        ["--params direct_caps=8,6", "6 is not a parameter"],
    ),
]


@pytest.mark.parametrize(("arguments", "said"), NOT_UNDERSTOOD, ids=lambda value: " ".join(value))
def test_what_is_not_understood_is_exit_2(
    arguments: tuple[str, ...], said: list[str], run: Run, tmp_path: Path
) -> None:
    (tmp_path / "x.so").write_text("")
    code, out, err = run(*arguments)
    assert code == 2
    assert out == ""
    assert all(word in err for word in said), err


def test_a_damaged_folder_is_exit_2(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out/record").mkdir(parents=True)
    for name in ("record.json", "hardware.json"):
        (tmp_path / "out/record" / name).write_text("{")
    code, _, err = run("verify", "out")
    assert code == 2
    assert "out/record cannot be understood: make the folder again" in err


def test_a_generated_folder_that_lost_a_file_is_exit_2(run: Run, tmp_path: Path) -> None:
    factors = load("x86-64-v3")
    params = defaults(factors)
    written = BuiltinAuthor().write(Request("sgemm"), factors, params)
    record = {
        "triple": factors.triple, "cpu": factors.name, "operator": "gemm", "dtype": "f32",
        "factors": factors.kernel_values(), "params": params.to_dict(), "candidate": written.key,
        "verification": {"passed": True, "cases": 1, "worst_ratio": 1, "worst": {}, "counts": {}, "seed": 1,
                         "level": "quick", "harness": "h", "kind": "measured"},
        "provenance": {"author": "builtin", "generator": "0", "date": "2026-01-01"},
    }  # fmt: skip
    (tmp_path / "out/record").mkdir(parents=True)
    (tmp_path / "out/src/x86-64-v3").mkdir(parents=True)
    (tmp_path / "out/record/hardware.json").write_text(factors.model_dump_json())
    (tmp_path / "out/record/record.json").write_text(json.dumps(record))
    code, _, err = run("verify", "out")
    assert code == 2
    assert "src/x86-64-v3 cannot be read: make the folder again" in err
    record["params"] = params.to_dict() | {"kc": 0}
    (tmp_path / "out/record/record.json").write_text(json.dumps(record))
    code, _, err = run("verify", "out")
    assert code == 2
    assert "kc must be at least 1" in err


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_an_output_folder_that_is_not_ours_is_exit_2(kind: str, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    if kind == "folder":
        out.mkdir()
    (out / "text" if kind == "folder" else out).write_text("kept")
    code, _, err = run("sgemm for this machine", "--tune", "off", "--out", "mine")
    assert code == 2
    assert "mine is not" in err
    assert "choose another" in err
    assert (out / "text" if kind == "folder" else out).read_text() == "kept"


SOURCES = ("sources", "--targets", "x86-64-v2", "--out", "made")


def test_a_full_disk_is_exit_1(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _, err = run(*SOURCES, "--depfile", "/dev/full")
    assert code == 1
    assert "No space left on device" in err
    assert "free some room" in err

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "made/runtime")

    monkeypatch.setattr(output, "write", full)
    code, _, err = run(*SOURCES)
    assert code == 1
    assert "cannot write made" in err
    assert "free some room or choose another folder with --out" in err


def test_another_run_into_the_same_folder_is_waited_for_then_exit_1(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(output, "LOCK_SECONDS", 0.1)
    (tmp_path / "made").mkdir()
    with filelock.FileLock(tmp_path / "made/.lock"):
        code, _, err = run(*SOURCES)
    assert code == 1
    assert "another run is still writing made" in err
    assert run(*SOURCES)[0] == 0


def test_a_verifier_that_does_not_work_is_exit_1(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise HarnessError("the verifier ended early (exit code 1)")

    monkeypatch.setattr(pipeline, "generate", broken)
    code, _, err = run("sgemm for this machine")
    assert (code, err) == (1, "error: the verifier ended early (exit code 1)\n")


def test_help_says_what_exit_codes_mean(run: Run) -> None:
    said = " ".join(run("--help")[1].split())
    assert all(f"{code} " in said.split("Exit codes:")[1] for code in range(6))


def test_a_missing_compiler_is_exit_3(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    code, _, err = run("sgemm for x86-64-v3", "--tune", "off")
    assert code == 3
    assert "no-such-compiler" in err
    assert "apt-get install" in err
    assert run("doctor")[0] == 3


def test_an_assembler_that_is_too_old_is_exit_3(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = tmp_path / "old-cc"
    old.write_text('#!/bin/sh\ncase "$*" in *assembler*) echo "no such instruction" >&2; exit 1;; esac\n')
    old.chmod(0o755)
    monkeypatch.setenv("CC", str(old))
    code, _, err = run("sgemm for x86-64-v3", "--tune", "off")
    assert code == 3
    assert "cannot assemble avx2" in err
    assert "no such instruction" in err


def test_an_interrupt_is_exit_5_and_says_what_is_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt("3 trials are kept; the same command goes on from there")

    monkeypatch.setattr(pipeline, "generate", interrupted)
    monkeypatch.setattr(sys, "argv", ["/usr/bin/tensorop-gen", "sgemm for this machine", "--tune", "90"])
    code, _, err = run("sgemm for this machine")
    assert code == 5
    assert "3 trials are kept" in err
    assert err.endswith("tensorop-gen 'sgemm for this machine' --tune 90\n")


def test_a_failed_proof_is_exit_4(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise pipeline.NotProvenError("element: wrong\nshow it again with: tensorop-gen verify ...")

    monkeypatch.setattr(pipeline, "generate", refused)
    code, _, err = run("sgemm for this machine")
    assert code == 4
    assert "show it again with" in err


def test_a_defect_of_ours_is_not_dressed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(pipeline, "generate", broken)
    with pytest.raises(ZeroDivisionError):
        main(["sgemm"])
