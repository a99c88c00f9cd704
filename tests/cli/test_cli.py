"""Every exit code, and what is said with it."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import filelock
import pytest

import tensorop_gen
from tensorop_gen import __version__, pipeline
from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.cache.store import Store
from tensorop_gen.cli import main, with_command
from tensorop_gen.cli.app import command_names
from tensorop_gen.emit import output
from tensorop_gen.hardware.library import load
from tensorop_gen.operators.gemm.params import defaults
from tensorop_gen.request.model import Request
from tensorop_gen.source import source_root
from tensorop_gen.verify import HarnessError

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs tensorop-gen in an empty folder; gives its exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main(list(arguments))
        captured = capsys.readouterr()
        code = stop.value.code
        return (code if isinstance(code, int) else 0), captured.out, captured.err

    return invoke


def test_a_sentence_is_the_default_command() -> None:
    assert with_command(["sgemm for this machine"]) == ["generate", "sgemm for this machine"]
    assert with_command(["--tune", "off", "sgemm"])[0] == "generate"
    assert with_command(["targets"]) == ["targets"]
    assert with_command([]) == ["--help"]


def test_help_names_every_command(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert all(name in out for name in command_names())
    assert run("--version") == (0, f"{__version__}\n", "")


def test_help_imports_nothing_heavy() -> None:
    program = "import sys; from tensorop_gen.cli import main; import contextlib\n"
    program += "with contextlib.suppress(SystemExit): main(['--help'])\nprint(*sys.modules, file=sys.stderr)"
    path = str(Path(tensorop_gen.__file__).parents[1])
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "tensorop_gen.cli" in loaded
    assert not loaded & {"pydantic", "yaml", "jinja2", "rich", "platformdirs", "tensorop_gen.pipeline"}


NOT_UNDERSTOOD = [
    (("sgem for zen4",), ["sgem", "nearest: sgemm"]),
    (("sgemm", "for", "Pentium", "MMX"), ["Pentium MMX", "nearest: "]),
    (("conv2d for zen4",), ["cannot be generated yet"]),
    (("sgemm", "--shapes", "64x64"), ["64x64", "not a shape"]),
    (("sgemm", "--emit", "wheel"), ["wheel", "amalgamation"]),
    (("sgemm", "--tune", "soon"), ["soon", "off"]),
    (("targets", "pentium"), ["pentium", "nearest"]),
    (("bench", "x.so", "--threads", "many"), ["many"]),
    (("sources", "--targets", "z80"), ["z80", "nearest"]),
    (("sgemm", "--colour", "blue"), ["--colour"]),
    (("verify", "/no/such/folder"), ["/no/such/folder", "no folder that tensorop-gen made"]),
    (("verify", "sgemm for x86-64-v3", "--params", '{"kc": 0}'), ["kc must be at least 1"]),
    (("verify", "sgemm for x86-64-v3", "--params", '{"speed": 9}'), ["not parameters of gemm: speed"]),
    (("verify", "sgemm for x86-64-v3", "--params", "{kc}"), ["--params {kc}"]),
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
    code, _, err = run("sgemm for this machine")
    assert code == 5
    assert "3 trials are kept" in err


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


def test_targets(run: Run) -> None:
    code, out, _ = run("targets")
    assert code == 0
    assert "x86-64-v3" in out
    code, out, _ = run("targets", "AMD", "Zen", "4")
    assert "L1 data" in out
    assert "Software Optimization Guide" in out
    code, out, _ = run("targets", "zen4", "--json")
    assert json.loads(out)["name"] == "zen4"
    assert len(json.loads(run("targets", "--json")[1])) > 3


def test_places(run: Run) -> None:
    assert run("prefix")[1].strip() == str(source_root())
    folder = Path(run("cmake-dir")[1].strip())
    assert (folder / "TensorOpConfig.cmake").is_file()


def test_cache_commands(run: Run, tmp_path: Path) -> None:
    Store().write("t/c/one", {"record.json": b"{}"})
    Store().write("t/c/two", {"record.json": b"{}"})
    assert "2 entries\nt/c/one\nt/c/two" in run("cache", "list")[1]
    assert json.loads(run("cache", "list", "--json")[1])["entries"] == ["t/c/one", "t/c/two"]
    assert run("cache", "export", "all.tar.gz")[1].startswith("2 entries written")
    (Store().root / "t/c/two/record.json").write_text("{?")
    code, out, err = run("cache", "check")
    assert (code, out) == (1, "1 entry whole, 1 damaged\n")
    assert "t/c/two is damaged" in err
    assert run("cache", "check")[0] == 0
    assert run("cache", "clear")[1].startswith("1 entry removed")
    assert run("cache", "import", "all.tar.gz", "--cache", str(tmp_path / "other"))[1].startswith("2 entries taken in")
    code, _, err = run("cache", "import", "missing.tar.gz")
    assert code == 1
    assert "missing.tar.gz" in err


def test_sources_for_cmake(run: Run, tmp_path: Path) -> None:
    code, listed, _ = run("sources", "--targets", "x86-64-v2", "--tune", "OFF", "--list")
    assert code == 0
    assert "set(TENSOROP_INPUTS" in listed
    assert not list(tmp_path.iterdir())
    code, out, _ = run("sources", "--targets", "x86-64-v2", "--out", "made", "--depfile", "made.d")
    assert (code, out) == (0, "")
    assert listed.startswith((tmp_path / "made/sources.cmake").read_text())
    assert (tmp_path / "made.d").read_text().startswith("made/sources.cmake: ")


def test_which_library_to_measure(run: Run) -> None:
    code, _, err = run("bench", "--against", "none")
    assert code == 2
    assert "tensorop-gen bench LIB.so" in err
