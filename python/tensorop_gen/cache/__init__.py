"""Stage 12: what is kept of tuned candidates, and of libraries built from them."""
