"""From one sentence to a proven, fast BLAS: generates, proves and tunes tensor operators for a given CPU."""

__version__ = "0.1.0"
