"""When to stop: rules from what a project can really see to yes or no.

A rule is shown what was seen after each fit so far (`loop.seen`), the first fit first,
and never a label of the test set. The settings that are left out are those of the
published code: small-text (Schröder et al. 2023), or that of the comparison by
Pullar-Strecker et al. (2024).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

import numpy as np
import pandas as pd

from alutils.loop.seen import Seen, seen_in


class StoppingRule(Protocol):
    """A function of what was seen: whether to stop now.

    One that cannot say yes before so many fits says how many in `fits`. One that looks
    at validation labels, which cost as much as others, says so by `needs_validation`.
    """

    def __call__(self, seen: Sequence[Seen]) -> bool: ...


def never(seen: Sequence[Seen]) -> bool:
    """Not at all: the loop goes on to the end of its budget."""
    return False


@dataclass(frozen=True)
class FixedBudget:
    """Stop once there are so many labels: the control that every other rule must beat."""

    labels: int = 1_000

    def __call__(self, seen: Sequence[Seen]) -> bool:
        return seen[-1].labels >= self.labels


@dataclass(frozen=True)
class StabilizingPredictions:
    """Stop once the predictions on the stop set stay as they are: mean kappa of the last
    fits at or above a threshold (Bloodgood and Vijay-Shanker 2009).

    Attributes
    ----------
    threshold
        at kappa .99, F1 changes by at most .04 (Bloodgood and Grothendieck 2013)
    window
        how many kappas make the mean, or, of pairs, how many fits; then it is 3
    reading
        "consecutive": each fit against the one before, as small-text has it; "pairs":
        all pairs of the last fits, as Pullar-Strecker et al. (2024) have it
    """

    threshold: float = 0.99
    window: int = 3
    reading: Literal["consecutive", "pairs"] = "consecutive"

    def __post_init__(self) -> None:
        _check_at_least_one(window=self.window)
        if self.reading == "pairs" and self.window != 3:
            raise ValueError(
                f"window={self.window}: kappas of pairs are kept of the last 3 fits, so"
                " window is 3, or reading 'consecutive'"
            )

    @property
    def fits(self) -> int:
        """Fits that it takes to say anything."""
        return self.window + (self.reading == "consecutive")

    def __call__(self, seen: Sequence[Seen]) -> bool:
        if len(seen) < self.fits:
            return False
        if self.reading == "pairs":
            kappas = [*_measured(seen, "kappa")[-2:], seen[-1].kappa_two_back]
        else:
            kappas = _measured(seen, "kappa")[-self.window :]
        return float(np.mean(kappas)) >= self.threshold


@dataclass(frozen=True)
class ClassificationChange:
    """Stop once a fit puts no more than a share of the stop set into another class than
    the one before did (Zhu, Wang and Hovy 2008)."""

    threshold: float = 0.0
    fits: ClassVar[int] = 2

    def __call__(self, seen: Sequence[Seen]) -> bool:
        return len(seen) > 1 and _measured(seen, "changed")[-1] <= self.threshold


@dataclass(frozen=True)
class OverallUncertainty:
    """Stop once the mean doubt about the stop set is below a threshold (Zhu, Wang and
    Hovy 2008).

    Attributes
    ----------
    measure
        "entropy", which small-text compares with .05, or "least_confidence", which
        Pullar-Strecker et al. (2024) compare with .01
    """

    threshold: float = 0.05
    measure: Literal["entropy", "least_confidence"] = "entropy"

    def __call__(self, seen: Sequence[Seen]) -> bool:
        return _measured(seen, self.measure)[-1] < self.threshold


@dataclass(frozen=True)
class PerformanceConvergence:
    """Stop at a new maximum of the expected F1, if its moving mean still rises, but by
    less than a threshold (Laws and Schütze 2008).

    (The code of Pullar-Strecker et al. asks the newest value to lie above a maximum to
    which it belongs, which it cannot; here, above those before it.)

    Attributes
    ----------
    window
        fits that make a mean
    """

    threshold: float = 5e-5
    window: int = 10

    def __post_init__(self) -> None:
        _check_at_least_one(window=self.window)

    @property
    def fits(self) -> int:
        """Fits that it takes to say anything."""
        return self.window + 1

    def __call__(self, seen: Sequence[Seen]) -> bool:
        values = _measured(seen, "expected_f")
        if len(values) < self.fits or values[-1] <= max(values[:-1]):
            return False
        rise = (values[-1] - values[-self.fits]) / self.window
        return 0 < rise < self.threshold


@dataclass(frozen=True)
class ContradictoryInformation:
    """Stop once the batches contradict the model less and less (Vlachos 2008).

    Attributes
    ----------
    drops
        how many times the contradiction must have fallen
    consecutive
        one after the other; otherwise at any time, as Pullar-Strecker et al. (2024)
        count them
    """

    drops: int = 3
    consecutive: bool = True

    def __post_init__(self) -> None:
        _check_at_least_one(drops=self.drops)

    @property
    def fits(self) -> int:
        """Fits that it takes to say anything."""
        return self.drops + 2  # the first batch is learnt in the second fit

    def __call__(self, seen: Sequence[Seen]) -> bool:
        fell = np.diff(_measured(seen, "contradiction")) < 0
        fell = fell[-self.drops :] if self.consecutive else fell
        return int(fell.sum()) >= self.drops


@dataclass(frozen=True)
class SelectedAccuracy:
    """Stop once the model foretells so large a share of a batch's labels (Zhu, Wang and
    Hovy 2008)."""

    threshold: float = 0.9
    fits: ClassVar[int] = 2

    def __call__(self, seen: Sequence[Seen]) -> bool:
        right = _measured(seen, "batch_accuracy")
        return len(right) > 0 and right[-1] >= self.threshold


@dataclass(frozen=True)
class ValidationPlateau:
    """Stop once the accuracy on the validation labels has not risen above its best for so
    many fits, as early stopping does for epochs (Prechelt 1998)."""

    patience: int = 3
    needs_validation: ClassVar[bool] = True

    def __post_init__(self) -> None:
        _check_at_least_one(patience=self.patience)

    @property
    def fits(self) -> int:
        """Fits that it takes to say anything."""
        return self.patience + 1

    def __call__(self, seen: Sequence[Seen]) -> bool:
        right = _measured(seen, "validation_accuracy")
        if len(right) < self.fits:
            return False
        return max(right[-self.patience :]) <= max(right[: -self.patience])


def stops_at(rule: StoppingRule, run: Sequence[Seen] | pd.DataFrame) -> int | None:
    """Where a rule would have ended a finished run: after which of its fits, the first
    being 0; None if it never would.

    Parameters
    ----------
    run
        what was seen, or the rounds of a recorded run as `seen_in` reads them

    Raises
    ------
    ValueError
        If the rule looks back further than the run is long, or at what was not measured.
    """
    seen = seen_in(run) if isinstance(run, pd.DataFrame) else tuple(run)
    if (fits := getattr(rule, "fits", 1)) > len(seen):
        raise ValueError(
            f"{rule} takes {fits} fits to say anything, and the run has {len(seen)}:"
            " make the window shorter or the run longer"
        )
    ends = (k for k in range(len(seen)) if rule(seen[: k + 1]))
    return next(ends, None)


def _measured(seen: Sequence[Seen], name: str) -> list[float]:
    """The values of a measure, those left out that are not there yet."""
    values = [value for s in seen if (value := getattr(s, name)) is not None]
    if not values and len(seen) > 2:
        raise ValueError(
            f"{name} was not measured in {len(seen)} fits: give the watch what it takes,"
            " such as validation rows with their labels"
        )
    return values


def _check_at_least_one(**settings: int) -> None:
    for name, value in settings.items():
        if value < 1:
            raise ValueError(f"{name}={value}: expected a whole number of at least 1")
