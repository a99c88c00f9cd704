"""A language model as author: what it writes is taken apart, checked and put together anew before it runs."""

from tensorop_gen.author.llm.author import LlmAuthor
from tensorop_gen.author.llm.forge import Forge
from tensorop_gen.author.llm.steer import Step, pick_kinds, propose_actions

__all__ = ["Forge", "LlmAuthor", "Step", "pick_kinds", "propose_actions"]
