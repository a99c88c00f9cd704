"""GPU kernels run on the CPU (emulator/): the same text, compiled by g++; Tensor Cores by the letter of the PTX ISA.

What the kernel left in memory is judged by another program, out of its reach."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tensorop_gen.build.nvcc import find_cutlass, find_headers
from tensorop_gen.operators.gemm.cuda.variant import OPERANDS, Variant, symbol
from tensorop_gen.source import source_root

EMULATOR = Path(__file__).parent / "emulator"
ELEMENTS = {"f32": "float", "tf32": "float", "f16": "__half", "bf16": "__nv_bfloat16"}
Run = Callable[[Sequence[str], Path], object]  # a command in a folder


@dataclass(frozen=True, slots=True)
class Emulated:
    """cases: that were right. fault: the first that was not, in words; empty where all were."""

    cases: int
    fault: str


def emulate(text: str, variant: Variant, folder: Path, build: Run, start: Run) -> Emulated:
    """Runs the kernels of a .cu on the CPU and judges them. build: compiles the kernel, and raises where that fails;
    start: runs it, which may end as it likes. Raises ToolMissing."""
    (folder / "kernel.cu").write_text(text, encoding="utf-8")
    words = [*compiler(variant), f"-DVARIANT={symbol(variant)}", f"-DELEMENT={ELEMENTS[variant.operands]}"]
    words += ["-include", "emulator.h"]
    sources = [str(EMULATOR / name) for name in ("run_cases.cpp", "emulator.cpp")]
    build([*words, "kernel.cu", *sources, "-o", "kernel"], folder)
    start([str(folder / "kernel"), "left.bin"], folder)
    (folder / "variant.cpp").write_text(_described(variant), encoding="utf-8")
    judge = [*words, str(EMULATOR / "judge.cpp"), "variant.cpp", str(EMULATOR / "emulator.cpp"), "-o", "judge"]
    subprocess.run(judge, cwd=folder, check=True)
    left = folder / "left.bin"
    left.touch()
    with left.open("rb") as file:
        done = subprocess.run([folder / "judge"], stdin=file, capture_output=True, text=True, check=False)
    said = done.stdout.strip()
    return Emulated(0, said) if done.returncode else Emulated(int(said.split()[0]), "")


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
