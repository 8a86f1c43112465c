"""The active-learning loop: who knows the labels, what was asked, what came of it."""
