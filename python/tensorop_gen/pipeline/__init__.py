"""Stage 15: the whole way from a request to a library; way.py has it on one screen."""

from tensorop_gen.pipeline.again import verify_again
from tensorop_gen.pipeline.cuda import GpuOutcome, cuda_sources, generate_for_gpu, gpu_of
from tensorop_gen.pipeline.doctor import diagnose
from tensorop_gen.pipeline.keeping import keep_board
from tensorop_gen.pipeline.manual import has_only_digest
from tensorop_gen.pipeline.model import LlmChoice, Manual, NotProvenError, Options, Outcome, Reporter
from tensorop_gen.pipeline.way import generate, sources, tune_only

__all__ = [
    "GpuOutcome",
    "LlmChoice",
    "Manual",
    "NotProvenError",
    "Options",
    "Outcome",
    "Reporter",
    "cuda_sources",
    "diagnose",
    "generate",
    "generate_for_gpu",
    "gpu_of",
    "has_only_digest",
    "keep_board",
    "sources",
    "tune_only",
    "verify_again",
]
