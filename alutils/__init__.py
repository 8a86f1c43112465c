"""Active learning over the rows of a corpus, with every label counted."""
