"""What the generator can write: one package for each operator."""
