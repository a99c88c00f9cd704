"""The sketch's parameters, as a model chooses them: tile and blocks. The loops themselves are the project's."""

from __future__ import annotations

from dataclasses import replace

from pydantic import BaseModel, ConfigDict, PositiveInt

from tensorop_gen.hardware.hints import hints
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.hardware.told import told
from tensorop_gen.isa import target
from tensorop_gen.llm.ask import as_json, ask
from tensorop_gen.llm.model import Model
from tensorop_gen.llm.prompts import prompt
from tensorop_gen.operators.gemm.params import WORKSPACE, GemmParams, defaults, lanes, problems


class Choice(BaseModel):
    model_config = ConfigDict(extra="forbid")

    vectors: PositiveInt
    nr: PositiveInt
    unroll: PositiveInt
    kc: PositiveInt
    mc: PositiveInt
    nc: PositiveInt
    why: str


def sketch_params(model: Model, factors: HardwareFactors) -> GemmParams:
    """What the model chooses, within what the target can do. Raises LlmError."""
    start = defaults(factors)
    width = lanes(factors, start.group)

    def read(text: str) -> GemmParams:
        choice = as_json(Choice)(text)
        params = replace(start, **choice.model_dump(exclude={"why"}))
        if found := problems(params, factors):
            raise ValueError("; ".join(found))
        return params

    question = prompt(
        "sketch",
        schema=Choice.model_json_schema(),
        operator="gemm",
        dtype="f32",
        title=f"{factors.title} ({factors.isa})",
        factors=told(factors),
        hints=hints("TRL"),
        lanes=width,
        limits=limits(factors, start),
    )
    return ask(model, question, read)


def limits(factors: HardwareFactors, params: GemmParams) -> tuple[str, ...]:
    """What makes parameters impossible, in words."""
    isa = target.find(factors.isa)
    registers = factors.vector_registers // params.group
    fitting = [
        f"{vectors} x {nr}"
        for vectors in (1, 2, 3, 4)
        for nr in [max((n for n in range(1, 25) if isa.tile_needs("compute", vectors, n) <= registers), default=0)]
        if nr
    ]
    return (
        f"registers: the largest tiles (vectors x nr) that fit are {', '.join(fitting)}",
        "mc is a multiple of MR = vectors x lanes, nc a multiple of nr",
        f"workspace: 4 bytes x kc x (mc + nc) is at most {WORKSPACE} bytes",
    )
