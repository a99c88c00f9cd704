"""Speed without the machine: cycles of an instruction list, and of a whole product, from a target's own costs.

Whatever comes from here is `modelled`."""
