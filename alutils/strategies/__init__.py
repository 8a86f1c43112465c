"""What to ask next: scores of doubt, and strategies that turn them into rows."""
