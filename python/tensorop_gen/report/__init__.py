"""Stage 14: what a run tells in the end, and the text that is kept with its output."""
