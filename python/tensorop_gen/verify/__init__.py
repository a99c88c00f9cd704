"""Proves a candidate: what is not proven is not emitted."""

from tensorop_gen.operators.cases.sizes import Level
from tensorop_gen.verify.case import CaseError
from tensorop_gen.verify.model import Failure, Verification
from tensorop_gen.verify.session import CandidateFailed, HarnessError, Session, Timing
from tensorop_gen.verify.verify import verify

__all__ = [
    "CandidateFailed",
    "CaseError",
    "Failure",
    "HarnessError",
    "Level",
    "Session",
    "Timing",
    "Verification",
    "verify",
]
