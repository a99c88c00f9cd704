"""GPU kernels that came from elsewhere, compiled in the box and taken apart: what they are made of is held against
lists of what is allowed. The library's own compiler sees the text only after that."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tensorop_gen.author.cuda import write
from tensorop_gen.build.cubin import Kernel, kernels, variables
from tensorop_gen.build.objects import FLAGS
from tensorop_gen.isa.refused import Refused
from tensorop_gen.llm.box import Limits, run_boxed
from tensorop_gen.operators.gemm.cuda.variant import registers, symbol
from tensorop_gen.source import source_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tensorop_gen.build.nvcc import Nvcc
    from tensorop_gen.hardware.gpu import GpuFactors
    from tensorop_gen.operators.gemm.cuda.given import Given

LIMITS = Limits(seconds=600, cpu=500, memory=8 << 30, file=256 << 20, output=4 << 20)
INSTANCES = 8  # of transposes and alignments
# What makes sums, and how many of them an instruction of a warp makes at once.
_ARITHMETIC = {"f32": ("FFMA", 32), "tf32": ("HMMA", 128), "f16": ("HMMA", 128), "bf16": ("HMMA", 128)}
# Instructions as cuobjdump names them, without modifiers; U: the same for a whole warp.
_INSTRUCTIONS = """
FADD FMUL FFMA FSEL FSETP FMNMX FCHK MUFU HADD2 HMUL2 HFMA2 HSETP2 HMMA F2F F2FP F2I F2IP I2F I2FP I2I
IADD IADD3 IMAD IMUL IABS IMNMX VIMNMX VIADD VIADDMNMX LEA LOP LOP3 PLOP3 SHF SHL SHR BMSK SGXT FLO POPC PRMT SEL CSEL
ISETP PSETP MOV MOV32I R2P P2R UMOV UIADD3 UIMAD ULEA ULOP3 UPLOP3 USHF UISETP USEL UPRMT UFLO UPOPC USGXT UBMSK UVIMNMX
R2UR UP2UR UR2UP S2R S2UR CS2R LDG STG LD ST LDS STS LDC LDCU ULDC LDSM STSM LDGSTS LDGDEPBAR DEPBAR BAR
BRA EXIT NOP BSSY BSYNC BREAK BMOV WARPSYNC CALL RET YIELD
"""
_ALLOWED = frozenset(_INSTRUCTIONS.split())
_SPECIAL = re.compile(r"SRZ|SR_TID|SR_CTAID|SR_LANEID|SR_NTID|SR_CgaCtaId|SR_NCTAID")  # without .X, .Y, .Z
_FAR = re.compile(r"(CALL|BRA|RET)\.(\w+\.)*ABS\b")  # beyond the kernel's own code


@dataclass(frozen=True, slots=True)
class Forged:
    """A kernel that was taken: with its share of arithmetic. registers: of a thread, the most of any instance."""

    variant: Given
    registers: int


def forge(variant: Given, gpu: GpuFactors, nvcc: Nvcc) -> Forged:
    """Raises Refused with the rule that it breaks; BoxUnavailable, ToolMissing."""
    if problems := variant.problems(gpu):
        raise Refused("numbers", "; ".join(problems))
    with tempfile.TemporaryDirectory(prefix="tensorop-forge-") as temporary:
        folder = Path(temporary)
        (folder / "kernel.cu").write_text(write(variant), encoding="ascii")
        boxed(_compile(gpu, nvcc), folder, readable(nvcc))
        cubin = folder / "kernel.cubin"
        if size := sum(size for name, size in variables(cubin).items() if not _of_headers(name, variant)):
            raise Refused("static data", f"{size} bytes of variables: a kernel keeps nothing, and makes its constants")
        found = kernels(cubin)
    check(found, variant, gpu)
    arithmetic, _ = _ARITHMETIC[variant.operands]
    share = max(one.ops[arithmetic] / sum(one.ops.values()) for one in found)
    return Forged(replace(variant, share=round(share, 3)), max(one.registers for one in found))


def _of_headers(variable: str, variant: Given) -> bool:
    """Whether it is one of those that CuTe and CUDA's headers have; what the kernel has lies in its namespace."""
    return re.search(r"4cute|4cuda3std", variable) is not None and symbol(variant) not in variable


def readable(nvcc: Nvcc) -> tuple[Path, ...]:
    """The folders that compilers in the box need beside the system's."""
    return (*headers(), nvcc.cutlass, nvcc.program.resolve().parents[1])


def headers() -> tuple[Path, ...]:
    """Those that a kernel's text is compiled with."""
    root = source_root()
    return root / "include", root / "kernels" / "cuda", root / "kernels" / "gemm" / "cuda"


def boxed(command: Sequence[str], folder: Path, more: Sequence[Path]) -> None:
    """Runs a compiler in the box; raises Refused with its words."""
    done = run_boxed(command, folder, LIMITS, more)
    if done.stopped:
        raise Refused("size", f"the compiler was stopped: {done.stopped}")
    if done.code:
        said = (done.err or done.out).replace(f"{folder}/", "")
        lines = [line[:300] for line in said.splitlines() if "error" in line.lower()]
        raise Refused("compiler", "; ".join(lines[:5]) or said.strip()[:300])


def check(found: Sequence[Kernel], variant: Given, gpu: GpuFactors) -> None:
    """Raises Refused for compiled code that is not what it must be."""
    if len(found) != INSTANCES:
        raise Refused("symbol", f"{len(found)} kernels where {INSTANCES} instances of one are wanted")
    for one in found:
        where = _instance(one.name)
        if one.stack or one.local or {"LDL", "STL"} & set(one.ops):
            raise Refused("local memory", f"{one.stack + one.local} bytes: fewer sums, or constant indices", where)
        if one.shared > 1024:
            raise Refused("static data", "all shared memory is shared_memory()", where)
        if one.registers > (most := registers(variant, gpu)):
            raise Refused("registers", f"{one.registers} a thread; BLOCKS and THREADS leave {most}", where)
        _check_instructions(one.modified, one.special)
        _check_sums(one, variant)


def _instance(mangled: str) -> str:
    """Which of the eight it is, in the words of the question."""
    flags = re.findall(r"Lb([01])E", mangled)[:3]
    return f"kernel<{', '.join(('false', 'true')[int(flag)] for flag in flags)}>"


def _check_sums(one: Kernel, variant: Given) -> None:
    """Sums stay in registers, each with instructions of its own, at least for one step of k."""
    arithmetic, at_once = _ARITHMETIC[variant.operands]
    least = variant.bm * variant.bn * 32 // (at_once * variant.threads)
    if one.ops[arithmetic] < least:
        raise Refused("instruction", f"{one.ops[arithmetic]} {arithmetic} for {least} sums a thread or warp")


def _check_instructions(modified: Iterable[str], special: Iterable[str]) -> None:
    for op in modified:
        if op.split(".")[0] not in _ALLOWED or _FAR.match(op):
            raise Refused("instruction", f"{op} is not allowed")
    for register in special:
        if not _SPECIAL.fullmatch(register):
            raise Refused("instruction", f"it reads {register}: a result depends on arguments only")


def _compile(gpu: GpuFactors, nvcc: Nvcc) -> list[str]:
    folders = (*headers(), nvcc.cutlass)
    words = [str(nvcc.program), *FLAGS, f"-arch={gpu.architecture.rstrip('a')}", "-cubin"]
    return [*words, *(f"-I{folder}" for folder in folders), "kernel.cu", "-o", "kernel.cubin"]
