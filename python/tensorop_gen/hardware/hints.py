"""The optimization hints of hints.yaml: what each technique does and the hardware factors that it depends on."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml

from tensorop_gen.hardware.model import Frozen

Technique = Literal["T", "R", "V", "L", "P"]
Factor = Literal["MH", "INST", "VR", "SM"]


class Hint(Frozen):
    technique: Technique
    name: str
    factors: tuple[Factor, ...]
    says: str


def hints(techniques: str = "TRVLP") -> tuple[Hint, ...]:
    """Those of the given techniques; a new line in the file is a new hint."""
    content = yaml.safe_load((Path(__file__).parent / "hints.yaml").read_text(encoding="utf-8"))
    found = tuple(Hint.model_validate(entry) for entry in content["hints"])
    return tuple(hint for hint in found if hint.technique in techniques)
