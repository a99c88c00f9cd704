"""NVIDIA's compiler and its disassembler: those of the system, or the ones that PyPI's packages bring."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tensorop_gen.build.toolchain import ToolMissing

PACKAGES = (
    "nvidia-cuda-nvcc nvidia-cuda-crt nvidia-cuda-runtime nvidia-cuda-cccl nvidia-nvvm nvidia-cuda-cuobjdump "
    "nvidia-cuda-nvdisasm nvidia-cutlass"
)
COMPILE_SECONDS = 900.0  # the largest kernels take half a minute


@dataclass(frozen=True, slots=True)
class Nvcc:
    """program: nvcc. cutlass: the folder with cute/ and cutlass/."""

    program: Path
    cutlass: Path

    def compile(
        self, source: Path, includes: tuple[Path, ...], architecture: str, out: Path
    ) -> subprocess.CompletedProcess[str]:
        """Compiles one .cu for one architecture, "sm_80", to a cubin; the compiler's messages are in the result."""
        number = architecture.removeprefix("sm_")
        words = [str(self.program), *FLAGS, f"-gencode=arch=compute_{number},code=sm_{number}", "-cubin"]
        words += [f"-I{folder}" for folder in (*includes, self.cutlass)]
        words += ["-o", str(out), str(source)]
        return subprocess.run(words, capture_output=True, text=True, timeout=COMPILE_SECONDS, check=False)


FLAGS = ("-std=c++17", "-O3", "--expt-relaxed-constexpr", "-Xptxas=-v", "-Werror=all-warnings", "-diag-suppress=20012")


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
