"""How the published loop trains and chooses its rows. Change one entry at a time to see
what it does."""

from __future__ import annotations

# How the published loop trains.
PUBLISHED_TRAINING = {
    # Go on from the weights at hand; "cold": from the same initial weights each round.
    "start": "warm",
    # One best checkpoint over all rounds; "own": one for each round.
    "checkpoint": "shared",
    # The first round goes on with the weights of its last epoch, not of its best.
    "load_after_first_fit": False,
    # Reviews in tf.data's shuffle buffer; None: a full shuffle.
    "shuffle_buffer": 20_000,
}

# How the published loop chooses its rows.
PUBLISHED_QUERIES = {"direction": "published", "truncate": True}
