"""GPU kernels run on the CPU (emulator/): the same text, compiled by g++; Tensor Cores by the letter of the PTX ISA.

What the kernel left in memory is judged by another program, out of its reach."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tensorop_gen.build.nvcc import find_cutlass, find_headers
from tensorop_gen.operators.gemm.cuda.variant import OPERANDS, Variant, symbol
from tensorop_gen.source import source_root

SECONDS = 300.0
EMULATOR = Path(__file__).parent / "emulator"
ELEMENTS = {"f32": "float", "tf32": "float", "f16": "__half", "bf16": "__nv_bfloat16"}
Run = Callable[[Sequence[str], Path], object]  # a command in a folder


class EmulationError(RuntimeError):
    """Nothing can be said of a kernel."""


@dataclass(frozen=True, slots=True)
class Emulated:
    """cases: that were right. fault: the first that was not, in words; empty where all were."""

    cases: int
    fault: str


def emulate(text: str, variant: Variant, build: Run, start: Run) -> Emulated:
    """Runs the kernels of a .cu on the CPU and judges them. build: compiles the kernel, and raises where that fails;
    start: runs it, which may end as it likes. Raises ToolMissing, EmulationError where the judge cannot be asked."""
    words = [*compiler(variant), f"-DVARIANT={symbol(variant)}", f"-DELEMENT={ELEMENTS[variant.operands]}"]
    words += ["-include", "emulator.h"]
    with tempfile.TemporaryDirectory(prefix="tensorop-emulated-") as its, tempfile.TemporaryDirectory() as ours:
        folder, judging = Path(its), Path(ours)  # the kernel sees the first only
        (folder / "kernel.cu").write_text(text, encoding="utf-8")
        sources = [str(EMULATOR / name) for name in ("run_cases.cpp", "emulator.cpp")]
        build([*words, "kernel.cu", *sources, "-o", "kernel"], folder)
        start([str(folder / "kernel"), "left.bin"], folder)
        (judging / "variant.cpp").write_text(_described(variant), encoding="utf-8")
        return _judged(words, folder / "left.bin", judging)


def _judged(words: Sequence[str], left: Path, folder: Path) -> Emulated:
    judge = [*words, str(EMULATOR / "judge.cpp"), "variant.cpp", str(EMULATOR / "emulator.cpp"), "-o", "judge"]
    try:
        subprocess.run(judge, cwd=folder, check=True, capture_output=True)
        with _plain(left) as file:
            done = subprocess.run([folder / "judge"], stdin=file, capture_output=True, timeout=SECONDS, check=False)
    except (subprocess.SubprocessError, OSError) as error:
        raise EmulationError(f"what the kernel left cannot be judged: {error}") from None
    said = done.stdout.decode(errors="replace").strip()
    if right := re.fullmatch(r"([1-9]\d*) cases", said) if done.returncode == 0 else None:
        return Emulated(int(right[1]), "")
    return Emulated(0, said or f"the judge ended with {done.returncode}")


def _plain(path: Path) -> BinaryIO:
    """A file that the kernel may have written: no link, no device; empty if it wrote none."""
    try:
        file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
    except FileNotFoundError:
        return Path(os.devnull).open("rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(f"{path.name} is no file")
    return file


def compiler(variant: Variant) -> list[str]:
    """The words that compile for the emulator."""
    root = source_root()
    folders = (EMULATOR, root / "include", root / "kernels" / "cuda", root / "kernels" / "gemm" / "cuda")
    words = ["g++", "-std=c++17", "-O1", "-Wno-unknown-pragmas", *(f"-I{folder}" for folder in folders)]
    if variant.operands == "f32":
        return [*words, "-Wall", "-Wextra", "-x", "c++"]
    found = (*find_headers(), find_cutlass())
    words += ["-DEMULATE_TENSOR_CORES", "-DNDEBUG", "-Wno-attributes"]
    return [*words, *(word for folder in found for word in ("-isystem", str(folder))), "-x", "c++"]


def _described(variant: Variant) -> str:
    """A variant without its kernels, for the judge."""
    odd = "&there" if variant.odd else "nullptr"
    numbers = f"{variant.bm}, {variant.bn}, {variant.bk}, {variant.threads}, {variant.blocks}, {variant.cluster}"
    pairs = ", ".join([f"{{&there, {odd}}}"] * 2)
    return (
        '#include "variant.h"\nstatic const int there = 0;\n'
        f'extern "C" const tensorop_cuda_variant {symbol(variant)} = {{"", {OPERANDS[variant.operands]},\n'
        f"    TENSOROP_CUDA_{variant.kind}, {numbers}, {variant.shared}, {{{{{pairs}}}, {{{pairs}}}}}}};\n"
    )
