"""Stage 5: the hardware factors of a target: a data file for each CPU, and a probe of this machine."""
