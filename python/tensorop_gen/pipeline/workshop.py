"""Where candidates for one target are made, built and proven."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tensorop_gen import operators
from tensorop_gen.build import BuildFailed, Built, build
from tensorop_gen.cache.records import blas_name
from tensorop_gen.pipeline.model import NotProvenError
from tensorop_gen.run import call_at
from tensorop_gen.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

    from tensorop_gen.author.model import Author, Candidate, Feedback
    from tensorop_gen.build import Toolchain
    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.pipeline.model import Reporter
    from tensorop_gen.request.model import Request
    from tensorop_gen.run import Place, Runner
    from tensorop_gen.verify import Level, Verification

ATTEMPTS = 4  # of an author to mend what was turned down
SEED = 1
SKETCH = "instance.c"


@dataclass(frozen=True, slots=True)
class Proven:
    """A candidate that passed its verification."""

    candidate: Candidate
    built: Built
    verification: Verification


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why a candidate was turned down, and the command that shows it again, if there is one."""

    feedback: Feedback
    reproducer: str = ""

    def __str__(self) -> str:
        where = f" ({self.feedback.where})" if self.feedback.where else ""
        said = f"{self.feedback.stage} failed{where}: {self.feedback.text}"
        return f"{said}\nshow it again with: {self.reproducer}" if self.reproducer else said


@dataclass(frozen=True, slots=True)
class Workshop:
    """folder: for what is compiled; each candidate has a folder of its own in it. kernels: those proven in it."""

    request: Request
    factors: HardwareFactors
    author: Author
    toolchain: Toolchain
    runner: Place
    folder: Path
    kernels: set[str] = field(default_factory=set)

    def prove(self, candidate: Candidate, level: Level = "quick", attempts: int = ATTEMPTS) -> Proven:
        """Builds and verifies; what goes wrong is handed back to the author, who tries again. At level smoke kernels
        that were proven in this workshop before are not called by themselves again.

        Raises NotProvenError when the author has nothing else to offer."""
        seen: set[str] = set()
        while True:
            tried = self._tried(candidate, level)
            if isinstance(tried, Proven):
                return tried
            seen.add(candidate.key)
            if len(seen) < attempts:
                candidate = self.author.write(
                    self.request, self.factors, candidate.params, candidate.order, tried.feedback
                )
            if candidate.key in seen:
                raise NotProvenError(f"{self.factors.name}: {tried}")

    def _tried(self, candidate: Candidate, level: Level) -> Proven | Rejected:
        try:
            built = self.make(candidate)
        except BuildFailed as failed:
            return Rejected(failed.feedback)
        calls_only = level == "smoke" and self.knows(candidate)
        return self.judged(candidate, built, call_at(self.runner, proof, built, level, calls_only))

    def make(self, candidate: Candidate) -> Built:
        """Raises BuildFailed."""
        return build(candidate, self.toolchain, self.folder / candidate.key[:16], self.folder / "objects")

    def knows(self, candidate: Candidate) -> bool:
        """Whether its kernels were proven in this workshop."""
        return _kernels(candidate) in self.kernels

    def judged(self, candidate: Candidate, built: Built, verification: Verification) -> Proven | Rejected:
        """What a verification makes of a candidate."""
        feedback = verification.feedback()
        if feedback is None:
            self.kernels.add(_kernels(candidate))
            return Proven(candidate, built, verification)
        params = operators.find(candidate.operator).changes(candidate.params, candidate.factors)
        what = f"{blas_name(candidate.operator, candidate.dtype)} for {self.request.target}"
        command = f"tensorop-gen verify '{what}' --params {shlex.quote(params)}"
        return Rejected(feedback, verification.reproducer(command))


def proof(runner: Runner, built: Built, level: Level, calls_only: bool) -> Verification:
    """Runs the plan of cases of a level."""
    return verify(built, runner, level, SEED, None, calls_only)


def _kernels(candidate: Candidate) -> str:
    return "".join(text for name, text in sorted(candidate.files.items()) if name != SKETCH)


def proven(shop: Workshop, candidate: Candidate, say: Reporter) -> Proven:
    """What comes out of proving in full, told stage by stage."""
    say.stage("build", f"{' '.join(shop.toolchain.compiler)}, {len(candidate.files)} files")
    found = shop.prove(candidate)
    say.stage("verify", f"{found.verification.cases} cases passed, worst r {found.verification.worst_ratio:.2g}")
    return found
