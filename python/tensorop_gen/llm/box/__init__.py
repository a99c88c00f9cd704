"""A closed place for what a model wrote: its scripts, and the compilers that read its code."""

from tensorop_gen.llm.box.run import COMPILER, SCRIPT, Boxed, BoxUnavailable, Limits, in_force, run_boxed, run_script

__all__ = ["COMPILER", "SCRIPT", "BoxUnavailable", "Boxed", "Limits", "in_force", "run_boxed", "run_script"]
