"""Matrix multiplication: parameters, analytical defaults, kernels."""
