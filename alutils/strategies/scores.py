"""How much a model doubts: one number a review, from the probabilities that it gives.

Each score is a small pure function; a strategy turns scores into rows to label.
"""

from __future__ import annotations

import numpy as np

from alutils.errors import check_probabilities


def least_confidence(probabilities: np.ndarray) -> np.ndarray:
    """One minus the probability of the likeliest class: 0 is certain (Lewis and Gale
    1994).

    Parameters
    ----------
    probabilities : array of shape (n_samples, n_classes)

    Returns
    -------
    array of shape (n_samples,)
    """
    return 1 - check_probabilities(probabilities).max(axis=1)


def margin(probabilities: np.ndarray) -> np.ndarray:
    """One minus the gap between the two likeliest classes: 1 is torn, 0 is certain
    (Scheffer et al. 2001).

    Parameters
    ----------
    probabilities : array of shape (n_samples, n_classes)

    Returns
    -------
    array of shape (n_samples,)
    """
    ordered = np.sort(check_probabilities(probabilities), axis=1)
    return 1 - (ordered[:, -1] - ordered[:, -2])


def entropy(probabilities: np.ndarray) -> np.ndarray:
    """Shannon's entropy in bits: 0 is certain, log2 of the number of classes is no idea
    (Shannon 1948).

    Parameters
    ----------
    probabilities : array of shape (n_samples, n_classes)

    Returns
    -------
    array of shape (n_samples,)
    """
    p = check_probabilities(probabilities)
    return -np.sum(p * np.log2(np.where(p > 0, p, 1)), axis=1)


def vote_entropy(committee: np.ndarray) -> np.ndarray:
    """Entropy in bits of the votes of a committee: 0 is agreement (Dagan and Engelson
    1995).

    Parameters
    ----------
    committee : array of shape (n_members, n_samples, n_classes)
        each member's probabilities

    Returns
    -------
    array of shape (n_samples,)
    """
    committee = _checked_committee(committee)
    votes = committee.argmax(axis=2)
    shares = np.stack(
        [(votes == k).mean(axis=0) for k in range(committee.shape[2])], axis=1
    )
    return entropy(shares)


def bald(committee: np.ndarray) -> np.ndarray:
    """Mutual information in bits between the answer and the member that gives it: high
    where members are sure of different answers, 0 where all doubt alike (Houlsby et al.
    2011; with dropout for a committee, Gal, Islam and Ghahramani 2017).

    Parameters
    ----------
    committee : array of shape (n_members, n_samples, n_classes)
        each member's probabilities

    Returns
    -------
    array of shape (n_samples,)
    """
    committee = _checked_committee(committee)
    alone = np.mean([entropy(member) for member in committee], axis=0)
    return np.maximum(entropy(committee.mean(axis=0)) - alone, 0)


def _checked_committee(committee: np.ndarray) -> np.ndarray:
    committee = np.asarray(committee, dtype=float)
    if committee.ndim != 3 or len(committee) == 0:
        raise ValueError(
            f"the committee has shape {committee.shape}: expected (n_members,"
            " n_samples, n_classes) with at least one member"
        )
    return np.stack([check_probabilities(member) for member in committee])
