"""Kernels of unknown origin: from a disassembly back to instruction lists, with every value followed on every way."""
