"""The paper's ablations as commands: prompts and models, parts, policies of the search, development cost."""
