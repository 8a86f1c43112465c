"""From text to numbers: phrases for the linear model, token ids for the network."""
