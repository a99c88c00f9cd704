"""NVIDIA's compiler and its disassembler: those of the system, or the ones that PyPI's packages bring."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tensorop_gen.build.objects import ObjectStore
from tensorop_gen.build.toolchain import ToolMissing

PACKAGES = (
    "nvidia-cuda-nvcc nvidia-cuda-crt nvidia-cuda-runtime nvidia-cuda-cccl nvidia-nvvm nvidia-cuda-cuobjdump "
    "nvidia-cuda-nvdisasm nvidia-cutlass"
)


@dataclass(frozen=True, slots=True)
class Nvcc:
    """program: nvcc. cutlass: the folder with cute/ and cutlass/."""

    program: Path
    cutlass: Path

    def store(self, folder: Path) -> ObjectStore:
        """What compiles with it, and keeps the objects there."""
        return ObjectStore(self.program, self.cutlass, folder)


def find_nvcc() -> Nvcc:
    """CUDACXX, else PATH, else PyPI's; raises ToolMissing that says what to install."""
    named = os.environ.get("CUDACXX") or shutil.which("nvcc")
    program = Path(named) if named else _packaged("nvcc")
    if program is None or not program.is_file():
        raise ToolMissing("nvcc is not there", f"install the CUDA toolkit, or: pip install {PACKAGES}")
    return Nvcc(program, find_cutlass())


def find_cutlass() -> Path:
    """The headers of CUTLASS: TENSOROP_CUTLASS_DIR, else PyPI's; raises ToolMissing."""
    named = os.environ.get("TENSOROP_CUTLASS_DIR")
    if named:
        return Path(named)
    spec = importlib.util.find_spec("cutlass_library")
    places = (spec.submodule_search_locations if spec else None) or ()
    folders = [Path(place) / "source" / "include" for place in places]
    found = next((folder for folder in folders if folder.is_dir()), None)
    if found is None:
        raise ToolMissing("CUTLASS's headers are not there (TENSOROP_CUTLASS_DIR)", "pip install nvidia-cutlass")
    return found


def find_headers() -> tuple[Path, ...]:
    """The folders with CUDA's headers, as nvcc itself names them; raises ToolMissing."""
    words = [str(find_nvcc().program), "--dryrun", "-x", "cu", "-c", os.devnull, "-o", os.devnull]
    said = subprocess.run(words, capture_output=True, text=True, check=False).stderr
    lines = [line for line in said.splitlines() if re.match(r"#\$ (SYSTEM_)?INCLUDES=", line)]
    return tuple(Path(name) for line in lines for name in re.findall(r'"(?:-I)?([^"]*/include[^"]*)"', line))


def find_cuobjdump() -> Path:
    """Raises ToolMissing."""
    named = shutil.which("cuobjdump")
    program = Path(named) if named else _packaged("cuobjdump")
    if program is None:
        raise ToolMissing("cuobjdump is not there", "pip install nvidia-cuda-cuobjdump nvidia-cuda-nvdisasm")
    return program


def _packaged(tool: str) -> Path | None:
    """A tool of the newest CUDA among PyPI's packages of this environment."""
    spec = importlib.util.find_spec("nvidia")
    places = (spec.submodule_search_locations if spec else None) or ()
    found = [path for place in places for path in Path(place).glob(f"cu*/bin/{tool}")]
    return max(found, key=lambda path: int(re.sub(r"\D", "", path.parts[-3]) or 0), default=None)
