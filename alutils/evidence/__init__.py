"""From many runs to a verdict: learning curves, intervals, comparisons, words."""
