"""Where candidates for one target are made, built and proven."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorop_gen.build import BuildFailed, Built, build
from tensorop_gen.pipeline.model import NotProvenError
from tensorop_gen.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

    from tensorop_gen.author.model import Author, Candidate, Feedback, Order
    from tensorop_gen.build import Toolchain
    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.operators.gemm.params import GemmParams
    from tensorop_gen.request.model import Request
    from tensorop_gen.run import Runner
    from tensorop_gen.verify import Level, Verification

ATTEMPTS = 4  # of an author to mend what was turned down
SEED = 1


@dataclass(frozen=True, slots=True)
class Proven:
    """A candidate that passed its verification."""

    candidate: Candidate
    built: Built
    verification: Verification


@dataclass(frozen=True, slots=True)
class Workshop:
    """folder: for what is compiled; each candidate has a folder of its own in it."""

    request: Request
    factors: HardwareFactors
    author: Author
    toolchain: Toolchain
    runner: Runner
    folder: Path

    def prove(
        self, params: GemmParams | None = None, order: Order = (), level: Level = "quick", attempts: int = ATTEMPTS
    ) -> Proven:
        """Author, build, verify; what goes wrong is handed back to the author, who tries again.

        Raises NotProvenError when the author has no more to offer."""
        feedback: Feedback | None = None
        seen: set[str] = set()
        reproducer = ""
        for _ in range(attempts):
            candidate = self.author.write(self.request, self.factors, params, order, feedback)
            if candidate.key in seen:
                break
            seen.add(candidate.key)
            try:
                built = build(candidate, self.toolchain, self.folder / candidate.key[:16])
            except BuildFailed as failed:
                feedback = failed.feedback
                continue
            verification = verify(built, self.runner, level, SEED)
            if verification.passed:
                return Proven(candidate, built, verification)
            feedback = verification.feedback()
            reproducer = verification.reproducer(f"tensorop-gen verify sgemm for {self.factors.name}")
        assert feedback is not None
        where = f" ({feedback.where})" if feedback.where else ""
        said = f"{self.factors.name}: {feedback.stage} failed{where}: {feedback.text}"
        raise NotProvenError(f"{said}\nshow it again with: {reproducer}" if reproducer else said)
