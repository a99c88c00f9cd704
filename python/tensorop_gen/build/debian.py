"""Programs of another Debian release, fetched by the machine's own apt into a folder of ours. Nothing is installed, no
root needed.

apt checks the release's signature and every checksum. The mirror is the one that the machine is set up with."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tensorop_gen.build.store import kept, tools_dir
from tensorop_gen.build.toolchain import ToolMissing

_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


@dataclass(frozen=True, slots=True)
class Package:
    """name: the folder under tools_dir(). packages: Debian's, unpacked over each other."""

    name: str
    release: str
    packages: tuple[str, ...]

    @property
    def folder(self) -> Path:
        return tools_dir() / self.name


def fetch(package: Package) -> Path:
    """The folder that holds the unpacked packages, fetched if it is not there yet. Raises ToolMissing."""
    return kept(package.folder, lambda made: _fetch(package, made))


def _fetch(package: Package, folder: Path) -> None:
    for tool in ("apt-get", "dpkg-deb"):
        if not shutil.which(tool):
            raise ToolMissing(f"{package.name} is fetched with {tool}, which is not there", _by_hand(package))
    if not _KEYRING.is_file():
        raise ToolMissing(
            f"{_KEYRING} is not there: signatures cannot be checked", "apt-get install debian-archive-keyring"
        )
    with tempfile.TemporaryDirectory() as temporary:
        state = Path(temporary)
        options = _private_apt(package, state)
        _run(package, ["apt-get", *options, "update"], state)
        _run(package, ["apt-get", *options, "download", *package.packages], state)
        for archive in sorted(state.glob("*.deb")):
            _run(package, ["dpkg-deb", "--extract", str(archive), str(folder)], state)


def _private_apt(package: Package, state: Path) -> list[str]:
    """apt with one source and lists of its own, so that the machine's stay as they are."""
    for folder in ("lists/partial", "cache/archives/partial"):
        (state / folder).mkdir(parents=True)
    (state / "status").touch()
    source = f"deb [signed-by={_KEYRING}] {_mirror(package)} {package.release} main\n"
    (state / "sources.list").write_text(source)
    values = {
        "Dir::Etc::SourceList": state / "sources.list",
        "Dir::Etc::SourceParts": os.devnull,
        "Dir::State": state,
        "Dir::State::Lists": state / "lists",
        "Dir::State::Status": state / "status",
        "Dir::Cache": state / "cache",
        "Acquire::Languages": "none",
        # The user who starts this owns the folders: apt's own could not write there.
        "APT::Sandbox::User": "root",
    }
    return ["-qq", *(f"-o{name}={value}" for name, value in values.items())]


def _mirror(package: Package) -> str:
    """Where this machine takes Debian's packages from: the first archive that is not for updates only."""
    words = ["apt-get", "indextargets", "--format", "$(ORIGIN) $(CODENAME) $(REPO_URI)", "Created-By: Packages"]
    for line in _run(package, words, Path("/")).splitlines():
        origin, codename, address = line.split(" ", 2)
        if origin == "Debian" and "-" not in codename:
            return address
    raise ToolMissing("this machine's apt knows no mirror of Debian (apt-get update may help)", _by_hand(package))


def _run(package: Package, words: list[str], folder: Path) -> str:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        problem = f"{package.name} could not be fetched: {words[0]} said\n{done.stderr.strip()}"
        raise ToolMissing(problem, _by_hand(package))
    return done.stdout


def _by_hand(package: Package) -> str:
    names = ", ".join(package.packages)
    return f"unpack Debian's {names} ({package.release}) with dpkg-deb --extract into {package.folder}"
