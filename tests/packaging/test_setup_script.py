"""./tensorop in a small checkout of its own, whose one dependency is a wheel made here: no package index is asked."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from .conftest import ROOT

SETTING_UP = "making a private environment"


@dataclass
class Checkout:
    root: Path
    cache: Path
    wheels: Path

    def start(self, **env: str) -> subprocess.Popen[str]:
        settings = {"XDG_CACHE_HOME": str(self.cache), "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels)}
        command = [sys.executable, str(self.root / "tensorop"), "sgemm for this machine"]
        return subprocess.Popen(
            command,
            env={**os.environ, **settings, **env},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            # A job in the background of a shell has it ignored, and hands that down.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def run(self, **env: str) -> tuple[int, str, str]:
        process = self.start(**env)
        out, error = process.communicate(timeout=120)
        return process.returncode, out, error


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    root, wheels = tmp_path / "checkout", tmp_path / "wheels"
    package = root / "python" / "tensorop_gen"
    package.mkdir(parents=True)
    shutil.copy(ROOT / "tensorop", root)
    (root / "pyproject.toml").write_text('dependencies = [\n    "somebody>=1",  # a comment\n]\n')
    (package / "__main__.py").write_text("import sys, somebody\nprint(somebody.NAME, *sys.argv[1:])\n")
    wheels.mkdir()
    with zipfile.ZipFile(wheels / "somebody-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("somebody.py", "NAME = 'dependency'\n")
        wheel.writestr("somebody-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: somebody\nVersion: 1\n")
        wheel.writestr("somebody-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("somebody-1.dist-info/RECORD", "")
    return Checkout(root, tmp_path / "cache", wheels)


EXPECTED = "dependency sgemm for this machine\n"


def test_the_first_use_sets_up_and_later_ones_are_silent_and_offline(checkout: Checkout) -> None:
    status, out, error = checkout.run()
    assert (status, out) == (0, EXPECTED), error
    assert SETTING_UP in error
    shutil.rmtree(checkout.wheels)
    assert checkout.run() == (0, EXPECTED, "")


def test_a_checkout_that_moved_uses_the_same_environment(checkout: Checkout) -> None:
    assert checkout.run()[0] == 0
    shutil.rmtree(checkout.wheels)
    checkout.root = checkout.root.rename(checkout.root.with_name("elsewhere"))
    assert checkout.run() == (0, EXPECTED, "")


def test_two_first_uses_at_once_make_one_environment(checkout: Checkout) -> None:
    both = [checkout.start(), checkout.start()]
    results = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], results
    assert [out for out, _ in results] == [EXPECTED, EXPECTED]
    assert sum(SETTING_UP in error for _, error in results) == 1


@pytest.mark.parametrize("kill", [signal.SIGINT, signal.SIGKILL])
def test_after_an_interruption_the_next_run_begins_anew(checkout: Checkout, kill: signal.Signals) -> None:
    process = checkout.start()
    assert process.stderr is not None
    for line in process.stderr:
        if "[2/2]" in line:
            break
    os.killpg(process.pid, kill)
    process.communicate(timeout=120)
    assert process.returncode in (5, -signal.SIGKILL)
    status, out, error = checkout.run()
    assert (status, out) == (0, EXPECTED), error
    assert SETTING_UP in error


def test_without_an_index_it_says_so_and_leaves_nothing(checkout: Checkout) -> None:
    away = checkout.wheels.rename(checkout.wheels.with_name("away"))
    status, _, error = checkout.run()
    assert status == 3
    assert "needs a package index" in error
    assert not list(checkout.cache.glob("tensorop/env-*/"))
    away.rename(checkout.wheels)
    assert checkout.run()[:2] == (0, EXPECTED)


def test_a_cache_that_cannot_be_written_is_named(checkout: Checkout) -> None:
    checkout.cache.write_text("a file where the folder should be")
    status, _, error = checkout.run()
    assert status == 3
    assert "XDG_CACHE_HOME" in error


@pytest.fixture
def without_ensurepip(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """An environment in which Python lacks ensurepip, and apt-get (if any) is the given shell script."""

    def environment(apt: str) -> dict[str, str]:
        (tmp_path / "modules").mkdir()
        (tmp_path / "modules" / "ensurepip.py").write_text("raise ImportError")
        programs = tmp_path / "programs"
        programs.mkdir()
        for name, text in {"sudo": '#!/bin/sh\nshift\nexec "$@"\n', "apt-get": apt}.items():
            if text:
                (programs / name).write_text(text)
                (programs / name).chmod(0o755)
        for name in ("true", "env"):
            (programs / name).symlink_to(f"/usr/bin/{name}")
        return {"PYTHONPATH": str(tmp_path / "modules"), "PATH": str(programs)}

    return environment


Without = Callable[[str], dict[str, str]]


def test_without_venv_and_apt_the_one_command_is_named(checkout: Checkout, without_ensurepip: Without) -> None:
    status, _, error = checkout.run(**without_ensurepip(""))
    assert status == 3
    assert "sudo apt-get install python3-venv" in error


def test_without_venv_it_is_installed_where_no_password_is_asked(
    checkout: Checkout, without_ensurepip: Without
) -> None:
    modules = checkout.root.parent / "modules" / "ensurepip.py"
    install = f'#!/bin/sh\ncase "$*" in *"install -y"*python3-venv) /bin/rm {modules};; esac\n'
    status, out, error = checkout.run(**without_ensurepip(install))
    assert (status, out) == (0, EXPECTED), error
