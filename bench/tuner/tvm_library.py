"""A BLAS library of a program that TVM built, to be measured as any other library is."""

from __future__ import annotations

import importlib.util
import tarfile
from pathlib import Path

from tensorop_gen.build import find_toolchain
from tensorop_gen.build.toolchain import native_arch
from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.measure.peers import Library
from tensorop_gen.request.model import Shape

SOURCE = Path(__file__).with_name("tvm_sgemm.c")


def library(name: str, program: Path, shape: Shape, folder: Path) -> Library:
    """program: a tar of object files. Raises MeasureError if it cannot be linked, or TVM's runtime is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(program) as tar:
            tar.extractall(folder, filter="data")
    except (OSError, tarfile.TarError) as error:
        raise MeasureError(f"{program} is no tar of object files ({error}): run the search again") from None
    module, blas = folder / "module.so", folder / "libtvm_sgemm.so"
    _linked(module, [str(path) for path in sorted(folder.glob("*.o"))])
    runtime, interface = _package("tvm") / "lib", _package("tvm_ffi")
    headers = [f"-isystem{folder}" for folder in interface.rglob("include") if folder.is_dir()]
    libraries = [word for where in (runtime, interface / "lib") for word in (f"-L{where}", f"-Wl,-rpath,{where}")]
    macros = {"MODULE": f'"{module}"', "M": shape.m, "K": shape.k, "N": shape.n}
    defined = [f"-D{macro}={value}" for macro, value in macros.items()]
    # TVM's programs find what they call in its runtime, which the linker sees no need for.
    _linked(blas, [*defined, *headers, str(SOURCE), *libraries, "-Wl,--no-as-needed", "-ltvm_runtime", "-ltvm_ffi"])
    return Library(name, blas, {"TVM_NUM_THREADS": "1"})


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if not found or not found.origin:
        raise MeasureError(f"the Python package {name} is not installed: pip install -r bench/tuner/tvm.txt")
    return Path(found.origin).parent


def _linked(library: Path, arguments: list[str]) -> None:
    toolchain = find_toolchain(f"{native_arch()}-linux-gnu")
    result = toolchain.run(["-std=c11", "-O2", "-fPIC", "-shared", *arguments, "-o", str(library)])
    if result.returncode:
        raise MeasureError(f"{library.name} cannot be linked:\n{result.stderr.strip()}")
