"""A language model as author: what it writes is taken apart, checked and put together anew before it runs."""

from tensorop_gen.author.llm.author import LlmAuthor
from tensorop_gen.author.llm.forge import ISAS, Forge

__all__ = ["ISAS", "Forge", "LlmAuthor"]
