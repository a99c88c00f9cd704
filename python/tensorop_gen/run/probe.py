"""Tiny programs that ask an emulator what it can do: ELF files of a few instructions, written without a compiler."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

_MACHINES = {"aarch64": 183, "riscv64": 243}
_BASE = 0x10000
_HEADERS = 64 + 56  # bytes: ELF header, one program header
_LP64D = 4  # e_flags of RISC-V: double-precision floats in registers

# Each ends by exit(answer).
_LI_A7_EXIT, _ECALL = 0x05D00893, 0x00000073
_VECTOR_BYTES = (0x0032D513, _LI_A7_EXIT, _ECALL)  # srli a0, t0, 3: vl of bytes over eight
PROGRAMS: dict[tuple[str, str], tuple[int, ...]] = {
    ("aarch64", ""): (0xD2800000, 0xD2800BA8, 0xD4000001),  # mov x0, 0; mov x8, exit; svc 0
    ("riscv64", ""): (0x00000513, _LI_A7_EXIT, _ECALL),  # li a0, 0
    ("riscv64", "rvv1.0"): (0x0C0072D7, *_VECTOR_BYTES),  # vsetvli t0, x0, e8, m1, ta, ma: 0.7.1 has no such bits
    # 0.7.1 cannot be told by what 1.0 rejects (it reads the word too, as e8, m1, tu, mu): by a load that 1.0 has not.
    ("riscv64", "rvv0.7.1"): (0x000072D7, 0x12010007, *_VECTOR_BYTES),  # vsetvli t0, x0, e8, m1; vlb.v v0, (sp)
}


def write(path: Path, arch: str, vector: str) -> None:
    """The program for a machine, as a statically linked ELF file."""
    code = struct.pack(f"<{len(PROGRAMS[arch, vector])}I", *PROGRAMS[arch, vector])
    size = _HEADERS + len(code)
    flags = _LP64D if arch == "riscv64" else 0
    ident = b"\x7fELF\x02\x01\x01" + bytes(9)
    entry = _BASE + _HEADERS
    header = struct.pack("<16sHHIQQQIHHHHHH", ident, 2, _MACHINES[arch], 1, entry, 64, 0, flags, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, _BASE, _BASE, size, size, 0x1000)
    path.write_bytes(header + segment + code)
    path.chmod(0o755)


def ask(command: Sequence[str]) -> int | str:
    """What a program answers when it is started so: its exit code, or in words why there is none."""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=20, check=False)
    said = done.stderr.strip()
    if done.returncode < 0:
        return said or f"ended by signal {-done.returncode}"
    return said if said and done.returncode else done.returncode
