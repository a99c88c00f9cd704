"""Language models: asking them, keeping what was said, and holding what they write in a box."""
