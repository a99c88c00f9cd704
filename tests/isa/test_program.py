"""Instruction lists: what identifies them does not depend on the run."""

from __future__ import annotations

import os
import subprocess
import sys

from tensorop_gen.isa.kernel import PackKernel
from tensorop_gen.isa.target import find

_PRINT = """
from tensorop_gen.isa.kernel import PackKernel
from tensorop_gen.isa.target import find
print(find("avx2").pack(PackKernel(8)).digest())
"""


def test_digest_is_the_same_in_every_process() -> None:
    def digest(seed: str) -> str:
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        run = subprocess.run([sys.executable, "-c", _PRINT], env=environment, capture_output=True, check=True)
        return run.stdout.decode().strip()

    assert digest("1") == digest("2") == find("avx2").pack(PackKernel(8)).digest()


def test_digest_tells_programs_apart() -> None:
    isa = find("avx2")
    assert isa.pack(PackKernel(8)).digest() != isa.pack(PackKernel(12)).digest()
