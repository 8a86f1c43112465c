"""How many labels do what: measure to a wished width, show each class, repay a control."""

from __future__ import annotations

from itertools import count
from math import ceil, sqrt

from alutils.evidence.intervals import LEVEL, share_interval, z_value


def expected_interval(test: int, accuracy: float) -> tuple[float, float]:
    """The 95% interval that so many test labels give if the accuracy is as expected, as
    `share_interval` has it.

    Examples
    --------
    >>> low, high = expected_interval(150, 0.85)
    >>> print(f"{low:.3f} to {high:.3f}")
    0.788 to 0.901
    """
    return share_interval(round(accuracy * test), test)


def labels_for_half_width(half_width: float, accuracy: float) -> int:
    """The least number of test labels whose 95% interval reaches no further to each side
    than wished: Wilson's half-width, solved for it (Wilson 1927).

    Raises
    ------
    ValueError
        If one of the two is no share between 0 and 1.

    Examples
    --------
    >>> labels_for_half_width(0.05, accuracy=0.85), labels_for_half_width(0.025, accuracy=0.85)
    (196, 784)
    """
    for name, value in (("half_width", half_width), ("accuracy", accuracy)):
        if not 0 < value < 1:
            raise ValueError(f"{name}={value}: expected a share between 0 and 1")
    z2, variance = z_value() ** 2, accuracy * (1 - accuracy)
    rest = z2 * (1 / 4 - variance)
    # With m = n + z2, the half-width w has (w m)^2 = z2 (variance m + rest).
    m = z2 * variance + sqrt((z2 * variance) ** 2 + 4 * half_width**2 * z2 * rest)
    return max(1, ceil(m / (2 * half_width**2) - z2))


def start_size(n_classes: int) -> int:
    """The least random start in which a class that is half as frequent as it would be if
    all were alike is there at least twice, in 95 of 100 starts.

    Raises
    ------
    ValueError
        If there are fewer than two classes.

    Examples
    --------
    >>> start_size(2), start_size(5)
    (18, 46)
    """
    if n_classes < 2:
        raise ValueError(f"{n_classes} classes: expected two or more")
    other = 1 - 1 / (2 * n_classes)

    def seldom(n: int) -> float:
        return other**n + n * (1 - other) * other ** (n - 1)

    return next(n for n in count(2) if seldom(n) <= 1 - LEVEL)


def projects_to_repay(saving: float) -> int:
    """Further projects of the same size after which a random control has paid for itself.

    The control costs as many labels as the strategy asks for: n. It saves none in this
    project. If the strategy saves a share s of the random labels, n of its labels do
    what n / (1 - s) random ones do, so that each further project saves n s / (1 - s).
    That holds at best: if you would not use the strategy there without the control.

    Parameters
    ----------
    saving
        share of the random labels that the strategy saves, between 0 and 1

    Raises
    ------
    ValueError
        If it is no such share.

    Examples
    --------
    >>> [projects_to_repay(saving) for saving in (0.1, 0.25, 0.5)]
    [9, 3, 1]
    """
    if not 0 < saving < 1:
        raise ValueError(f"saving={saving}: expected a share between 0 and 1")
    return ceil(round((1 - saving) / saving, 9))
