"""Grids of runs, many arms and many seeds, carried out and kept."""
