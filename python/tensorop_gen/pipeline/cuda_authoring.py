"""The language model as an author of GPU kernels: what it writes is compiled in the box, taken apart and emulated, and
its faults go back to it. Whether it is faster is said by a GPU: bench/cuda/run_all.py takes what is kept here."""

from __future__ import annotations

import datetime
import json
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tensorop_gen.author.cuda import write
from tensorop_gen.author.llm.cuda_author import CudaAuthor
from tensorop_gen.author.model import Feedback
from tensorop_gen.build.given import LIMITS, Forged, boxed, forge, readable
from tensorop_gen.build.nvcc import find_cuobjdump, find_headers, find_nvcc
from tensorop_gen.build.toolchain import ToolMissing
from tensorop_gen.emit.output import write_out
from tensorop_gen.isa.refused import Refused
from tensorop_gen.llm.box import BoxUnavailable, in_force, run_boxed
from tensorop_gen.llm.model import LlmError
from tensorop_gen.operators.gemm.cuda.variant import symbol
from tensorop_gen.pipeline.authoring import ask_model, transcript_file
from tensorop_gen.verify.emulated import EMULATOR, EmulationError, emulate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tensorop_gen.build.nvcc import Nvcc
    from tensorop_gen.hardware.gpu import GpuFactors
    from tensorop_gen.operators.gemm.cuda.variant import Operands
    from tensorop_gen.pipeline.model import LlmChoice, Reporter


_WRONG = "result"  # the rule that a kernel with wrong results breaks
# Whatever is wrong with what a model wrote, or with the tools that look at it.
_FAULTS = (LlmError, ValueError, BoxUnavailable, ToolMissing, EmulationError, OSError, subprocess.SubprocessError)


@dataclass(frozen=True, slots=True)
class Taken:
    """A model's kernel that broke no rule. cases: emulated, all right."""

    forged: Forged
    cases: int

    def files(self, gpu: GpuFactors, transcript: str) -> dict[str, str]:
        """The kernel, and what is known of it: what run_all.py takes."""
        variant, name = self.forged.variant, symbol(self.forged.variant)
        date = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
        known: dict[str, Any] = {"schema": 1, "gpu": gpu.name, "date": date, "transcript": transcript}
        known |= {"registers": self.forged.registers, "emulated_cases": self.cases, "given": variant.to_dict()}
        return {f"{name}.cu": write(variant), f"{name}.json": json.dumps(known, indent=1) + "\n"}


def written_by_model(
    gpu: GpuFactors, operands: Operands, llm: LlmChoice, out: Path, cache: Path, say: Reporter
) -> Path | None:
    """Asks for one kernel and keeps it in out/llm; returns its JSON file. Whatever goes wrong, the library needs none:
    it is told, and None comes back. cache: where the transcript is kept."""
    transcript = transcript_file(cache, gpu.name)
    try:
        nvcc = _tools()
        recorder, meter = ask_model(llm, transcript, say)
        say.stage("author", f"{recorder.name} is asked for a kernel")
        try:
            taken = _taken(CudaAuthor(recorder, gpu, operands), gpu, nvcc, llm.repairs, say)
        finally:
            if recorder.exchanges:
                say.stage("llm", f"{meter}; transcript {recorder.digest[:16]} in {transcript}")
    except _FAULTS as error:
        say.note(f"the model's kernel is not used: {error}\nthe builtin author's are")
        return None
    files = taken.files(gpu, recorder.digest)
    write_out(files, out / "llm")
    kept = out / "llm" / next(name for name in files if name.endswith(".json"))
    say.stage("verify", f"{taken.cases} cases emulated on the CPU; {taken.forged.registers} registers a thread")
    say.note(
        f"the library has the builtin author's kernels: no GPU has said yet which are faster\n"
        f"bench/cuda/run_all.py --prepare FOLDER --gpu {gpu.name} --given {kept} takes the model's along"
    )
    return kept


def _tools() -> Nvcc:
    """All that is needed is looked for before a model is asked. Raises ToolMissing, BoxUnavailable."""
    if shutil.which("g++") is None:
        raise ToolMissing("g++ is not there, which runs a model's kernel on the CPU", "apt-get install g++")
    find_cuobjdump()
    in_force()
    return find_nvcc()


def _taken(author: CudaAuthor, gpu: GpuFactors, nvcc: Nvcc, repairs: int, say: Reporter) -> Taken:
    """Raises LlmError, Refused with the last fault, BoxUnavailable, ToolMissing."""
    feedback = None
    for attempt in range(repairs + 1):
        variant = author.write(feedback)
        try:
            forged = forge(variant, gpu, nvcc)
            return Taken(forged, _emulated(forged, nvcc))
        except Refused as fault:
            if attempt == repairs:
                raise
            stage = "verify" if fault.rule == _WRONG else "build"
            feedback = Feedback(stage, f"{fault.rule}: {fault.text}", fault.where)
            say.note(f"turned down at {stage}: {fault}")
    raise AssertionError("the last attempt returns or raises")


def _emulated(forged: Forged, nvcc: Nvcc) -> int:
    """The number of cases. Raises Refused with the first that is wrong."""
    more = (*readable(nvcc), EMULATOR, *find_headers())

    def build(words: Sequence[str], folder: Path) -> None:
        boxed(words, folder, more)

    def start(words: Sequence[str], folder: Path) -> None:
        run_boxed(words, folder, LIMITS)

    found = emulate(write(forged.variant), forged.variant, build, start)
    if found.fault:
        raise Refused(_WRONG, found.fault)
    return found.cases
