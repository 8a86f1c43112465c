"""Every figure of the book: one style, and a module for each family."""
