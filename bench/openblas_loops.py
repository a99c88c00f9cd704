"""OpenBLAS's inner loops beside ours on the same llvm-mca: python bench/openblas_loops.py [FOLDER].

Takes OpenBLAS's builds for riscv64 and aarch64 from PyPI (scipy-openblas32; pip checks them), disassembles its sgemm
kernels and asks llvm-mca about the loop with most multiply-adds. `tensorop-gen doctor --install` fetches llvm-mca."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tensorop_gen.hardware.library import load
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.measure.cost.judge import cycles, find_judge
from tensorop_gen.measure.cost.report import report
from tensorop_gen.operators.gemm.params import defaults

PACKAGE = "scipy-openblas32==0.3.34.481.3"
PLATFORMS = {
    "riscv64": ("manylinux_2_39_riscv64", "manylinux_2_38_riscv64"),
    "aarch64": ("manylinux_2_28_aarch64", "manylinux2014_aarch64"),
}
# Kernels, and the targets here that they stand beside.
KERNELS = (
    ("riscv64", "RISCV64_ZVL128B", ("spacemit-k1",)),
    ("riscv64", "RISCV64_ZVL256B", ("spacemit-k1",)),
    ("aarch64", "NEOVERSEN1", ("cortex-a76", "cortex-a72")),
    ("aarch64", "CORTEXA57", ("cortex-a72",)),
)
_LONGEST = 1 << 14  # bytes of a kernel whose size the library does not tell


@dataclass(frozen=True, slots=True)
class Line:
    address: int
    mnemonic: str
    operands: str

    @property
    def goal(self) -> int | None:
        """Where a branch goes."""
        branch = re.match(r"(c\.)?(b|j|cb|tb)", self.mnemonic)
        found = re.search(r"0x([0-9a-f]+)", self.operands) if branch else None
        return int(found[1], 16) if found else None

    @property
    def multiplies(self) -> bool:
        return self.mnemonic.startswith(("vfmacc", "fmla"))


def library(arch: str, folder: Path) -> Path:
    """OpenBLAS's shared library for an architecture."""
    platforms = [f"--platform={name}" for name in PLATFORMS[arch]]
    words = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", *platforms, "--dest", str(folder)]
    subprocess.run([sys.executable, *words, PACKAGE], check=True)
    wheel = next(folder.glob(f"*{arch}*.whl"))
    with zipfile.ZipFile(wheel) as files:
        name = next(n for n in files.namelist() if n.endswith("libscipy_openblas.so"))
        return Path(files.extract(name, folder / arch))


def objdump(*words: str) -> str:
    *start, mca = find_judge()
    program = str(Path(mca).with_name(Path(mca).name.replace("llvm-mca", "llvm-objdump")))
    return subprocess.run([*start, program, *words], capture_output=True, text=True, check=True).stdout


def disassembled(path: Path, kernel: str) -> list[Line]:
    pattern = rf"^([0-9a-f]+) g\s+DF \.text\s+([0-9a-f]+).* sgemm_kernel_{kernel}$"
    symbol = re.search(pattern, objdump("-T", str(path)), re.M)
    if not symbol:
        raise SystemExit(f"{path} has no sgemm_kernel_{kernel}")
    start, size = int(symbol[1], 16), int(symbol[2], 16) or _LONGEST
    features = ["--mattr=+v,+zba,+zbb", "-M", "no-aliases"] if "RISCV" in kernel else []
    words = ["-d", "--no-show-raw-insn", *features, f"--start-address={start}", f"--stop-address={start + size}"]
    found = re.findall(r"^\s*([0-9a-f]+):\s+(\S+)[ \t]*(.*)$", objdump(*words, str(path)), re.M)
    return [Line(int(address, 16), mnemonic, re.sub(r"\s*<.*>", "", operands)) for address, mnemonic, operands in found]


def main_loop(lines: list[Line]) -> tuple[list[Line], str]:
    """The loop without branches inside that multiplies most, and what sets the length of its vectors."""
    places = {line.address: i for i, line in enumerate(lines)}
    loops = [
        (start, end)
        for end, line in enumerate(lines)
        if line.goal in places and (start := places[line.goal]) < end and not any(x.goal for x in lines[start:end])
    ]
    start, end = max(loops, key=lambda ends: sum(line.multiplies for line in lines[ends[0] : ends[1]]))
    settings = [line for line in lines[:end] if line.mnemonic in ("vsetvli", "vsetivli") and "e32" in line.operands]
    return lines[start : end + 1], f"{settings[-1].mnemonic} {settings[-1].operands}" if settings else ""


def flops(loop: list[Line], setting: str, vector_bits: int) -> int:
    """f32 operations of a pass."""
    group, fixed = re.search(r", m(\d)", setting), re.search(r"vsetivli zero, (0x[0-9a-f]+|\d+)", setting)
    lanes = int(fixed[1], 0) if fixed else vector_bits // 32 * (int(group[1]) if group else 1)
    return 2 * lanes * sum(line.multiplies for line in loop)


def main(folder: Path) -> None:
    print("| CPU, as llvm-mca has it | loop | flop a pass | cycles | flop a cycle | % of peak |")
    print("|---|---|---|---|---|---|")
    libraries = {arch: library(arch, folder) for arch in PLATFORMS}
    for name in ("spacemit-k1", "cortex-a76", "cortex-a72"):
        factors = load(name)
        for arch, kernel, targets in KERNELS:
            if name in targets:
                loop, setting = main_loop(disassembled(libraries[arch], kernel))
                text = "\n".join(f"{line.mnemonic} {line.operands}" for line in loop[:-1])
                last = re.sub(r"0x[0-9a-f]+", "back", f"{loop[-1].mnemonic} {loop[-1].operands}")
                taken = cycles(setting, f"back:\n{text}\n{last}", factors.triple, factors.mca or "")
                row(factors, f"OpenBLAS {kernel}", flops(loop, setting, factors.vector_bits), taken)
        ours = report(factors, defaults(factors), ()).loop
        if ours.judge is None:
            raise SystemExit(ours.judge_missing)
        row(factors, f"ours, tile {ours.tile}, a k-step", round(ours.floor * factors.flops_per_cycle), ours.judge)


def row(factors: HardwareFactors, loop: str, work: int, taken: float) -> None:
    rate = work / taken
    share = 100 * rate / factors.flops_per_cycle
    print(f"| {factors.title}: {factors.mca} | {loop} | {work} | {taken:.1f} | {rate:.2f} | {share:.1f} |")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as made:
            main(Path(made))
