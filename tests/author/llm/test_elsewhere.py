"""Kernels for machines that are not here: taken apart, proven under the emulator, compared by a model of the CPU."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.author.llm.scripted import ANSWERS, Scripted

from tensorop_gen.author.llm import Forge, LlmAuthor
from tensorop_gen.build import find_toolchain
from tensorop_gen.hardware import library
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.llm.transcript import Recorder
from tensorop_gen.operators.gemm.params import GemmParams, defaults
from tensorop_gen.pipeline import NotProvenError
from tensorop_gen.pipeline.workshop import Proven, Workshop
from tensorop_gen.request.model import Request
from tensorop_gen.run import find_runner

_TILE = "VECTORS, GROUP, NR = 1, 2, 14"
# Target -> its answer, and the parameters that it is for.
RIGHT = {
    "cortex-a72": (ANSWERS["neon"], {"vectors": 2, "nr": 12}),
    "rv64gc": (ANSWERS["rv64"], {"vectors": 4, "nr": 4}),
    "spacemit-k1": (ANSWERS["rvv"], {"vectors": 1, "group": 2, "nr": 14}),
    "c906": (
        ANSWERS["rvv"].replace(_TILE, "VECTORS, GROUP, NR = 2, 4, 3"),
        {"vectors": 2, "group": 4, "nr": 3, "splat": False},
    ),
}
# What is wrong, and what the verifier calls it.
WRONG = {
    "wrong tail": ("cortex-a72", "element|read", 'add("adds x0, x0, #2")', 'add("adds x0, x0, #1")'),
    "stores beside C": ("cortex-a72", "outside|write", 'add(f"b.le .Lnext{j}")', 'add(f"b.lt .Lnext{j}")'),
    "rows past the tile": ("rv64gc", "outside|write", "ble t0, t3", "blt t0, t3"),
    "reads C at beta 0": ("spacemit-k1", "element", 'add(f"beqz t4, .Lput{i}_{j}")', 'add("nop")'),
    "alpha forgotten": ("rv64gc", "element", "flw fa0, 16(a5)", "flw fa0, 20(a5)"),
    "one column too many": (
        "spacemit-k1",
        "outside|write",
        'add("ld t3, 8(a5)")',
        'add("ld t3, 8(a5)\\naddi t3, t3, 1")',
    ),
    "vl shortened over sums": (
        "c906",
        "element",
        'add(".Lloop:")',
        'add("ld t2, 0(a5)\\nvsetvli t2, t2, e32, m4, tu, ma\\n.Lloop:")',
    ),
}


def author(factors: HardwareFactors, *answers: str) -> LlmAuthor:
    toolchain = find_toolchain(factors.triple)
    forge = Forge(toolchain.compiler, factors.isa, f"{factors.triple}-objdump")
    return LlmAuthor(Recorder(Scripted(list(answers))), forge)


def proven(name: str, answer: str, folder: Path) -> Proven:
    factors = library.load(name)
    request, writing = Request(f"sgemm for {name}"), author(factors, answer)
    params = GemmParams.from_dict(defaults(factors).to_dict() | RIGHT[name][1])
    shop = Workshop(request, factors, writing, find_toolchain(factors.triple), find_runner(factors, ""), folder)
    return shop.prove(writing.write(request, factors, params), "smoke", attempts=1)


@pytest.mark.parametrize("name", RIGHT)
def test_a_kernel_is_proven_under_the_emulator(name: str, tmp_path: Path) -> None:
    found = proven(name, RIGHT[name][0], tmp_path)
    assert found.verification.passed
    assert found.verification.kind == "emulated"
    assert "author llm (written for the test" in found.candidate.files["kernels.S"]


@pytest.mark.parametrize("what", WRONG)
def test_subtle_faults_are_found(what: str, tmp_path: Path) -> None:
    name, kind, old, new = WRONG[what]
    assert old in RIGHT[name][0]
    with pytest.raises(NotProvenError, match=f"verify failed .*: ({kind})"):
        proven(name, RIGHT[name][0].replace(old, new), tmp_path)
