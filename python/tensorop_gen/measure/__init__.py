"""Stage 9: speed, never without its error: libraries side by side, each in a process of its own."""
