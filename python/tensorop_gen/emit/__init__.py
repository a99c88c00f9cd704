"""Stage 13: the final library, as a project of sources, built from it, or as three files."""
