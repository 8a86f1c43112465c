"""How long a label takes: seconds as a + b · words, fitted from answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from alutils.evidence.intervals import middle
from alutils.labelling.events import Answer

# With fewer the line is a guess, and published numbers are the better one.
LEAST_ANSWERS = 30
# People get faster: the last ones say more of those to come.
LAST_ANSWERS = 500
# What is no break, however rare: a minute, and twice the usual.
NO_BREAK_SECONDS, NO_BREAK_TIMES = 60, 2
# From so many standard deviations on a value is an outlier (Iglewicz and Hoaglin 1993).
OUTLIER = 3.5
DRAWS = 1_000


@dataclass(frozen=True)
class SecondsALabel:
    """A line of seconds by words, and what was seen around it.

    Attributes
    ----------
    fixed, a_word
        a, in seconds, and b, in seconds a word; neither is below zero
    answers, breaks
        answers that it was fitted from, and those that were left out as breaks; 0
        answers if the numbers are published ones
    spread
        how far single answers lie from the line, as a share of what it says
    draws : array of shape (n, 2)
        `fixed` and `a_word` as other answers might have given them
    """

    fixed: float
    a_word: float
    answers: int = 0
    breaks: int = 0
    spread: float = 0.0
    draws: np.ndarray = field(
        default_factory=lambda: np.empty((0, 2)), repr=False, compare=False
    )

    def for_words(self, words: float | np.ndarray) -> float | np.ndarray:
        """Seconds for a text of so many words, on average."""
        return self.fixed + self.a_word * words

    def hours(self, labels: int, words: Sequence[int]) -> tuple[float, float, float]:
        """Hours for so many labels of texts drawn at random, without breaks, and between
        which two they lie: 95% where answers were fitted, the range of most readers
        where not.

        It holds the luck of which texts come, of how long each takes, and of the answers
        that were fitted. It takes a person to stay as fast as in the answers.

        Parameters
        ----------
        words
            lengths of the texts that they are drawn from, in words

        Raises
        ------
        ValueError
            If `labels` is below zero, or there is no text.

        Examples
        --------
        >>> hours, low, high = PUBLISHED.hours(400, [120, 174, 408])
        >>> print(f"{hours:.1f}, between {low:.1f} and {high:.1f}")
        6.8, between 5.5 and 9.2
        """
        words = _lengths(words)
        if labels < 0:
            raise ValueError(f"{labels} labels: expected 0 or more")
        line = self.for_words(words)
        luck = np.mean((self.spread * line) ** 2) + np.var(line) * (self.answers > 0)
        normal = np.random.default_rng(0).standard_normal(len(self.draws))
        others = self.draws @ [1, words.mean()] * labels
        low, high = middle(others + np.sqrt(labels * luck) * normal)
        seconds = (labels * line.mean(), max(low, 0.0), high)
        return tuple(float(s) / 3_600 for s in seconds)

    def labels_in(self, hours: float, words: Sequence[int]) -> int:
        """How many labels hours are good for, on average, of texts drawn at random.

        Raises
        ------
        ValueError
            If `hours` is below zero or infinite, there is no text, or answers took no
            time.
        """
        if not 0 <= hours < np.inf:
            raise ValueError(f"{hours} hours: expected a number of 0 or more")
        seconds = self.for_words(_lengths(words)).mean()
        if not seconds:
            raise ValueError(
                "a label takes 0 seconds by the answers so far: plan by labels, not hours"
            )
        return int(3_600 * hours / seconds)


# Reading every word in silence, at 238 words a minute (Brysbaert 2019; most adults: 175
# to 300), then making up one's mind, pointing and clicking: 1.35 + 1.1 + .2 seconds (Card,
# Moran and Newell 1980). Whoever skims is faster, so that it is rather too long.
PUBLISHED = SecondsALabel(
    fixed=2.65,
    a_word=60 / 238,
    draws=np.array([[2.65, 60 / 300], [2.65, 60 / 175]]),
)


def count_words(texts: Iterable[str]) -> np.ndarray:
    """Words of each text, shape (n_texts,): what stands between white space."""
    return np.array([len(text.split()) for text in texts], dtype=np.int64)


def seconds_a_label(answers: Sequence[Answer], texts: Sequence[str]) -> SecondsALabel:
    """The line of seconds by words of a person's last answers, as `fit_seconds` has it.

    Skips, "can't tell" and answers taken back count too: each took its time.

    Parameters
    ----------
    answers
        in the order in which they were given; those without seconds are left out
    texts
        all texts, by row
    """
    timed = [a for a in answers if a.seconds is not None][-LAST_ANSWERS:]
    words = count_words(texts[a.question.row] for a in timed)
    return fit_seconds(words, [a.seconds for a in timed])


def fit_seconds(words: Sequence[int], seconds: Sequence[float]) -> SecondsALabel:
    """The line of seconds by words, `PUBLISHED` if there are too few answers.

    A break is an answer that took more than a minute, more than twice what the median
    line says (median regression, Koenker and Bassett 1978), and is an outlier among the
    logarithms of these ratios: 3.5 standard deviations above their median, by the median
    deviation (Iglewicz and Hoaglin 1993). Breaks are left out.
    The line of the others is that of their mean, for hours are a sum: by least squares,
    each answer's distance as a share of what the median line says, and neither number
    below zero. Texts of one length give no slope. Its draws are a bootstrap over answers
    (Efron 1979).

    Parameters
    ----------
    words, seconds
        of each answer, shape (n,)

    Raises
    ------
    ValueError
        If the two differ in length, or one holds what is no number of 0 or more.
    """
    words, seconds = np.asarray(words, dtype=float), np.asarray(seconds, dtype=float)
    if words.shape != seconds.shape or words.ndim != 1:
        raise ValueError(
            f"words of shape {words.shape} and seconds of shape {seconds.shape}: expected"
            " one of each for every answer"
        )
    for name, values in (("words", words), ("seconds", seconds)):
        wrong = values[~((values >= 0) & (values < np.inf))]
        if len(wrong):
            raise ValueError(f"{wrong[0]} {name}: expected numbers of 0 or more")
    if len(words) < LEAST_ANSWERS:
        return PUBLISHED
    usual = np.maximum(_median_line(words, seconds), 1)
    kept = ~_is_break(seconds, usual)
    words, seconds, usual = words[kept], seconds[kept], usual[kept]
    every = np.arange(len(words))
    (fixed, a_word), *_ = _mean_lines(words, seconds, usual, every[None])
    line = fixed + a_word * words
    away = np.divide(seconds - line, line, out=np.zeros_like(line), where=line > 0)
    rng = np.random.default_rng(0)
    return SecondsALabel(
        fixed=float(fixed),
        a_word=float(a_word),
        answers=len(words),
        breaks=int((~kept).sum()),
        spread=float(np.sqrt(np.mean(away**2))),
        draws=_mean_lines(
            words, seconds, usual, rng.choice(every, size=(DRAWS, len(every)))
        ),
    )


def _median_line(words: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """What median regression says of each answer, shape (n,)."""
    from sklearn.linear_model import QuantileRegressor

    model = QuantileRegressor(quantile=0.5, alpha=0).fit(words[:, None], seconds)
    return model.predict(words[:, None])


def _is_break(seconds: np.ndarray, usual: np.ndarray) -> np.ndarray:
    ratios = np.log(np.maximum(seconds, 0.1) / usual)
    above = ratios - np.median(ratios)
    # A normal distribution's standard deviation is 1.4826 times its median deviation.
    outliers = above > OUTLIER * 1.4826 * np.median(np.abs(above))
    return outliers & (seconds > np.maximum(NO_BREAK_SECONDS, NO_BREAK_TIMES * usual))


def _mean_lines(
    words: np.ndarray, seconds: np.ndarray, usual: np.ndarray, places: np.ndarray
) -> np.ndarray:
    """The lines of least squares of many draws of answers, shape (draws, 2).

    Where one of the two numbers would be below zero it is zero, and the other what fits
    best then: with two unknowns that is the best line of all that are allowed.
    """
    w = 1 / usual**2
    columns = w, w * words, w * words**2, w * seconds, w * words * seconds
    s, sx, sxx, sy, sxy = (column[places].sum(axis=1) for column in columns)
    slope_of = s * sxx - sx**2
    sloped = slope_of > 1e-9 * s * sxx
    b = np.divide(s * sxy - sx * sy, slope_of, out=np.zeros_like(s), where=sloped)
    a = (sy - np.maximum(b, 0) * sx) / s
    through_zero = np.divide(sxy, sxx, out=np.zeros_like(s), where=sxx > 0)
    b = np.where(a < 0, through_zero, np.maximum(b, 0))
    return np.stack([np.maximum(a, 0), b], axis=1)


def _lengths(words: Sequence[int]) -> np.ndarray:
    words = np.asarray(words, dtype=float)
    if words.ndim != 1 or not len(words):
        raise ValueError(f"lengths of shape {words.shape}: expected one for each text")
    return words
