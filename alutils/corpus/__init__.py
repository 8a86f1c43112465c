"""Texts and labels, loaded once: where they come from, and which row goes where."""
