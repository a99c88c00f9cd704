"""Stage 1: what the one-line prompt asks for."""
