"""The question for one kernel of a GPU."""

from __future__ import annotations

from tensorop_gen.hardware.gpu import GpuFactors, Operands
from tensorop_gen.hardware.hints import hints
from tensorop_gen.hardware.told import told_gpu
from tensorop_gen.llm.model import Prompt
from tensorop_gen.llm.prompts import prompt

# As the kernel sees operands and result.
_ELEMENTS = {
    "f32": ("float", "float"),
    "tf32": ("cute::tfloat32_t (f32 in memory)", "float"),
    "f16": ("cute::half_t", "__half"),
    "bf16": ("cute::bfloat16_t", "__nv_bfloat16"),
}


def cuda_prompt(gpu: GpuFactors, operands: Operands) -> Prompt:
    element, result = _ELEMENTS[operands]
    return prompt(
        "cuda",
        task=f"kernel-{operands}",
        title=gpu.title,
        architecture=gpu.architecture.rstrip("a"),
        dtype=operands,
        element=element,
        result=result,
        factors=told_gpu(gpu, operands),
        hints=hints("TVLP"),
        tensor_cores=operands != "f32",
        shared=gpu.shared_block,
        shared_all=gpu.shared,
        threads=gpu.threads,
    )
