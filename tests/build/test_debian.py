"""Fetching packages of another release, with an apt and a dpkg-deb that are made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensorop_gen.build import debian
from tensorop_gen.build.debian import Package, fetch
from tensorop_gen.build.toolchain import ToolMissing

PACKAGE = Package("tool-1.0", "oldrelease", ("tool-one", "tool-two"))
APT = """#!/bin/sh
echo "apt-get $*" >> "$LOG"
case "$*" in
*indextargets*)
  echo "Other x https://elsewhere"; echo "Debian new-security https://security"; echo "Debian new $MIRROR" ;;
*download*) touch tool-one.deb tool-two.deb ;;
*update*) for word; do case "$word" in -oDir::Etc::SourceList=*) cat "${word#*=}" >> "$LOG" ;; esac; done
  [ -z "$BROKEN" ] || { echo "E: The signature is not valid" >&2; exit 100; } ;;
esac
"""
DPKG = """#!/bin/sh
echo "dpkg-deb $1 ${2##*/}" >> "$LOG"
mkdir -p "$3/usr/bin" && touch "$3/usr/bin/${2##*/}"
"""


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What was started, a line each."""
    for name, body in (("apt-get", APT), ("dpkg-deb", DPKG)):
        (tmp_path / name).write_text(body)
        (tmp_path / name).chmod(0o755)
    (tmp_path / "keyring").touch()
    monkeypatch.setattr(debian, "_KEYRING", tmp_path / "keyring")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    monkeypatch.setenv("MIRROR", "https://mirror")
    monkeypatch.setenv("TENSOROP_TOOLS_DIR", str(tmp_path / "tools"))
    return tmp_path / "log"


def test_packages_of_the_release_from_the_machines_own_mirror(log: Path, tmp_path: Path) -> None:
    folder = fetch(PACKAGE)
    assert folder == tmp_path / "tools" / "tool-1.0"
    assert {path.name for path in (folder / "usr" / "bin").iterdir()} == {"tool-one.deb", "tool-two.deb"}
    said = log.read_text()
    assert f"deb [signed-by={tmp_path / 'keyring'}] https://mirror oldrelease main\n" in said
    assert "AllowUnauthenticated" not in said
    assert said.count("dpkg-deb --extract") == 2


def test_is_fetched_once(log: Path) -> None:
    fetch(PACKAGE)
    log.unlink()
    fetch(PACKAGE)
    assert not log.exists()


def test_a_refused_signature_leaves_nothing(log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROKEN", "1")
    with pytest.raises(ToolMissing, match="The signature is not valid") as error:
        fetch(PACKAGE)
    assert "tool-one, tool-two (oldrelease)" in error.value.install
    assert list((tmp_path / "tools").iterdir()) == []
    assert "download" not in log.read_text()


def test_no_apt(log: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(ToolMissing, match="apt-get, which is not there"):
        fetch(PACKAGE)
    assert not log.exists()


def test_no_keyring(log: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(debian, "_KEYRING", tmp_path / "none")
    with pytest.raises(ToolMissing, match="signatures cannot be checked") as error:
        fetch(PACKAGE)
    assert "debian-archive-keyring" in error.value.install
    assert not log.exists()
