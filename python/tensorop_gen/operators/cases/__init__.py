"""What the cases that prove an operator are made of. A case is one line of text, as the verifier reads it."""
