"""Commands and what they print."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import tensorop_gen
from tensorop_gen import __version__
from tensorop_gen.cache.store import Store
from tensorop_gen.cli import with_command
from tensorop_gen.cli.app import command_names
from tensorop_gen.source import source_root

from .conftest import Run


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
