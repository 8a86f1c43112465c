"""From many runs to a verdict: areas, budgets, intervals and tests, one number a seed."""
