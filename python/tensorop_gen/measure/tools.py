"""Builds the C programs of bench/ into the cache, once for each compiler and version of their text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorop_gen.build.flags import c_flags
from tensorop_gen.build.store import cache_dir, digest, kept
from tensorop_gen.build.toolchain import find_toolchain, native_arch
from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.source import source_root

if TYPE_CHECKING:
    from pathlib import Path

_WORKER = ("worker.c", "library.c", "operands.c")


def worker_program() -> Path:
    """The program that calls one library (bench/worker.c)."""
    return _built("worker", _WORKER, ("-ldl", "-lm"))


def peak_program() -> Path:
    """The program that measures what the machine can do (bench/peak.c), with the loops of this machine's ISA."""
    own = f"probe_{native_arch()}.c"
    loops = own if (source_root() / "bench" / own).is_file() else "probe_generic.c"
    return _built("peak", ("peak.c", loops), ("-lpthread",))


def shared_libxsmm(archive: Path) -> Path:
    """A shared library of LIBXSMM's archives, which is all that some distributions ship."""
    whole = ("-Wl,--whole-archive", str(archive), "-Wl,--no-whole-archive", str(archive.with_name("libxsmmnoblas.a")))
    return _built("libxsmm.so", ("peer_libxsmm.c",), ("-shared", *whole, "-ldl", "-lpthread", "-lm"))


def _built(name: str, sources: tuple[str, ...], libraries: tuple[str, ...]) -> Path:
    """The program, compiled if this text has not been by this compiler yet. Raises ToolMissing, MeasureError."""
    toolchain = find_toolchain(f"{native_arch()}-linux-gnu")
    bench = source_root() / "bench"
    files = [bench / source for source in sources]
    arguments = [*c_flags(toolchain.triple), *map(str, files), *libraries]
    texts = [path.read_bytes() for path in (*files, *sorted(bench.glob("*.h")))]

    def make(folder: Path) -> None:
        result = toolchain.run([*arguments, "-o", str(folder / name)])
        if result.returncode:
            raise MeasureError(f"the bench program {name} does not compile:\n{result.stderr.strip()}")

    return kept(cache_dir() / "bench" / digest([toolchain.identity, *arguments, *texts])[:32], make) / name
