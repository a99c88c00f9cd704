"""Searching the parameters of a candidate by building, proving and measuring."""
