"""Instruction lists and the emitters that write them, one module for each instruction set."""
