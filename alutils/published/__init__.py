"""The example's own ways, for two classes only: its splits, its error ratio, its settings."""
