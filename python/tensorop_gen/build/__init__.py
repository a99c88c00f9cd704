"""From a candidate's text to a program."""

from tensorop_gen.build.candidate import Buildable, Built, build
from tensorop_gen.build.harness import BuildFailed
from tensorop_gen.build.toolchain import Toolchain, ToolMissing, find_toolchain

__all__ = ["BuildFailed", "Buildable", "Built", "ToolMissing", "Toolchain", "build", "find_toolchain"]
