"""Kernels for machines that are not here: taken apart, proven under the emulator, compared by a model of the CPU."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from tests.author.llm.scripted import ANSWERS, Scripted

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.author.llm import Forge, LlmAuthor
from tensorop_gen.build import find_toolchain
from tensorop_gen.hardware import library
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.llm.budget import LlmBudget
from tensorop_gen.llm.transcript import Recorder
from tensorop_gen.measure.cost.kernel import modelled
from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.operators.gemm.params import defaults
from tensorop_gen.pipeline import NotProvenError
from tensorop_gen.pipeline.contest import Contest
from tensorop_gen.pipeline.model import LlmChoice
from tensorop_gen.pipeline.workshop import Proven, Workshop
from tensorop_gen.request.model import Request
from tensorop_gen.run import find_runner

if TYPE_CHECKING:
    from tensorop_gen.build import Built
    from tensorop_gen.pipeline.model import Reporter
    from tensorop_gen.verify import Verification

# Target -> its answer, for the parameters that the analytical model begins with.
RIGHT = {
    "cortex-a72": ANSWERS["neon"],
    "rv64gc": ANSWERS["rv64"],
    "spacemit-k1": ANSWERS["rvv"],
    "c906": ANSWERS["rvv"].replace("VECTORS, GROUP, NR = 1, 2, 14", "VECTORS, GROUP, NR = 1, 4, 7"),
}
# What is wrong, and what the verifier calls it.
WRONG = {
    "wrong tail": ("cortex-a72", "element|read", 'add("adds x0, x0, #2")', 'add("adds x0, x0, #1")'),
    "stores beside C": ("cortex-a72", "access|outside|write", 'add(f"b.le .Lnext{j}")', 'add(f"b.lt .Lnext{j}")'),
    "rows past the tile": ("rv64gc", "access|outside|write", "ble t0, t3", "blt t0, t3"),
    "reads C at beta 0": ("spacemit-k1", "element", 'add(f"beqz t4, .Lput{i}_{j}")', 'add("nop")'),
    "columns the other way round": ("c906", "element", "{4 * j}(a2)", "{4 * (NR - 1 - j)}(a2)"),
}


def author(factors: HardwareFactors, *answers: str) -> LlmAuthor:
    toolchain = find_toolchain(factors.triple)
    forge = Forge(toolchain.compiler, factors.isa, f"{factors.triple}-objdump")
    return LlmAuthor(Recorder(Scripted(list(answers))), forge)


def proven(name: str, answer: str, folder: Path) -> Proven:
    factors = library.load(name)
    request, writing = Request(f"sgemm for {name}"), author(factors, answer)
    shop = Workshop(request, factors, writing, find_toolchain(factors.triple), find_runner(factors, ""), folder)
    return shop.prove(writing.write(request, factors, defaults(factors)), "smoke", attempts=1)


@pytest.mark.parametrize("name", RIGHT)
def test_a_kernel_is_proven_under_the_emulator(name: str, tmp_path: Path) -> None:
    found = proven(name, RIGHT[name], tmp_path)
    assert found.verification.passed
    assert found.verification.kind == "emulated"
    assert "author llm (written for the test" in found.candidate.files["kernels.S"]


@pytest.mark.parametrize("what", WRONG)
def test_subtle_faults_are_found(what: str, tmp_path: Path) -> None:
    name, kind, old, new = WRONG[what]
    assert old in RIGHT[name]
    with pytest.raises(NotProvenError, match=f"verify failed .*: ({kind})"):
        proven(name, RIGHT[name].replace(old, new), tmp_path)


def test_speeds_are_modelled_by_the_loop_over_k() -> None:
    """A loop that waits for each of its loads is slower than the builtin one, and neither is above the peak."""
    factors = library.load("spacemit-k1")
    mine = author(factors, RIGHT["spacemit-k1"]).write(Request(""), factors, defaults(factors))
    builtin = BuiltinAuthor().write(Request(""), factors)
    found = modelled([one.programs["compute"] for one in (mine, builtin)], factors)
    assert 0 < found.flops[0] < found.flops[1] <= factors.flops_per_cycle


def test_without_costs_or_a_loop_nothing_is_modelled() -> None:
    builtin = BuiltinAuthor().write(Request(""), library.load("rv64gc"))
    with pytest.raises(MeasureError, match="no costs"):
        modelled([builtin.programs["compute"]], library.load("rv64gc"))
    with pytest.raises(MeasureError, match="no plain loop of multiply-adds"):
        modelled([builtin.programs["pack_a"]], library.load("c906"))


@dataclass
class Listener:
    """Keeps what a run says."""

    lines: list[str] = field(default_factory=list)

    def stage(self, name: str, text: str) -> None:
        self.lines.append(f"{name}: {text}")


def test_a_contest_without_the_machine_says_that_it_is_modelled(tmp_path: Path) -> None:
    factors = library.load("spacemit-k1")
    writing, say = author(factors, RIGHT["spacemit-k1"]), Listener()
    runner = find_runner(factors, "")
    shop = Workshop(Request(""), factors, writing, find_toolchain(factors.triple), runner, tmp_path)
    contest = Contest(shop, writing, LlmChoice("", LlmBudget()), cast("Reporter", say))
    mine, builtin = (
        Proven(one, cast("Built", None), cast("Verification", None))
        for one in (writing.write(Request(""), factors, defaults(factors)), BuiltinAuthor().write(Request(""), factors))
    )
    told, faster = contest._compared(builtin, mine)
    assert not faster
    assert "[modelled by " in told
    assert "against the reference kernel: [modelled by " in say.lines[0]
    assert contest._compared(mine, builtin)[1]
