"""Matrix multiplication: C = alpha * A * B + beta * C."""

from tensorop_gen.operators.gemm.operator import Gemm

OPERATOR = Gemm()
