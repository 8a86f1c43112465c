"""What turns notebooks and pages into the book."""
