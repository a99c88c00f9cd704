"""The author of GPU kernels that ships with the project: templates and parameters, no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tensorop_gen.author.llm.cuda_text import check_given
from tensorop_gen.operators.gemm.cuda.given import Given
from tensorop_gen.operators.gemm.cuda.variant import OPERANDS, symbol, values
from tensorop_gen.source import source_root

if TYPE_CHECKING:
    from tensorop_gen.operators.gemm.cuda.variant import Variant

BANNER = "// Written by tensorop-gen, author builtin."


def write(variant: Variant) -> str:
    """The text of a .cu file with all instances of a variant, which its C symbol describes (kernels/cuda/variant.h).

    Raises Refused for a kernel from elsewhere that breaks a rule."""
    if isinstance(variant, Given):
        check_given(variant)
    environment = Environment(
        loader=FileSystemLoader(source_root() / "kernels" / "gemm" / "cuda"),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # CUDA C++, not HTML
    )
    return environment.get_template(variant.sketch).render(
        p=values(variant), banner=BANNER, symbol=symbol(variant), operands=OPERANDS[variant.operands]
    )
