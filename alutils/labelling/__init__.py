"""Labelling by hand: what is asked, what people answer, and what comes of it."""
