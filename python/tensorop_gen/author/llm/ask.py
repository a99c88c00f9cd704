"""The question for one kernel: everything that a model needs to know of it, and of the machine."""

from __future__ import annotations

from dataclasses import replace

from tensorop_gen.author.llm.rows import ROWS
from tensorop_gen.author.model import Feedback
from tensorop_gen.hardware.hints import hints
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.hardware.told import told
from tensorop_gen.isa import target
from tensorop_gen.isa.names import Role
from tensorop_gen.isa.target import Scalable
from tensorop_gen.llm.model import Prompt
from tensorop_gen.llm.prompts import example, prompt, render
from tensorop_gen.operators.gemm.params import GemmParams, defaults, lanes

# ours: hints, factors, structure, rules, example; the others are the paper's baselines.
STYLES = {"ours": "kernel", "vanilla": "vanilla", "cot": "cot"}
_TECHNIQUES = {"compute": "VPR", "pack": "VLP"}


def kernel_prompt(factors: HardwareFactors, params: GemmParams, role: Role, style: str = "ours") -> Prompt:
    """style: one of STYLES. Of the parameters it tells the tile; the blocks are those of the analytical model, so
    that the question stays the same while they are tuned."""
    start = defaults(factors)
    params = replace(start, vectors=params.vectors, nr=params.nr, group=params.group)
    mr = params.mr(lanes(factors, params.group))
    row, isa = ROWS[factors.isa], target.find(factors.isa)
    kind = "compute" if role == "compute" else "pack"
    return prompt(
        STYLES[style],
        task=f"kernel-{role}",
        role=role,
        kind=kind,
        operator="gemm",
        dtype="f32",
        title=f"{factors.title} ({factors.isa})",
        factors=told(factors),
        hints=hints(_TECHNIQUES[kind]),
        mr=mr,
        panel=mr if role == "pack_a" else params.nr,
        left=factors.vector_registers // params.group - params.vectors * params.nr,
        lanes_trick="0x0706050403020100 + ((uint64_t)tile->n >> 32)" if factors.isa == "avx2" else "",
        isa=row,
        example=example(row.example),
        width=isa.most_lanes * params.group if isinstance(isa, Scalable) else 0,
        prefetches="prefetch_b" not in isa.preferences.unused,
        **{name: getattr(params, name) for name in ("vectors", "nr", "kc", "mc", "group")},
    )


def reply_text(feedback: Feedback) -> str:
    """What the model is told of its last kernel: what is wrong with it, or how fast it is."""
    template = "improve" if feedback.stage == "measure" else "repair"
    return render(template, stage=feedback.stage, text=feedback.text, where=feedback.where)
