"""Hardware factors from a manual: read by a language model, believed only where the manual's own words say so."""
