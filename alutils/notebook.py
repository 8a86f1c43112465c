"""What a page says of itself: what it was run on, the source of its helpers, and what
others have written, quoted."""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import re
import textwrap

import numpy as np
from IPython.display import Markdown

from alutils.corpus.lookup import has_name
from alutils.corpus.reviews import Reviews, load_reviews, reviews_of
from alutils.provenance import permitted_cores, versions
from alutils.results import kept_file
from alutils.settings import Settings

FEWEST = 500  # reviews with which a chapter still has something to show
# What Markdown would take for its own: anywhere in a line, or where a line starts.
MARKUP = re.compile(r"[\\`*_{}\[\]<>#|&$~]|^[-+=:%]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")


def fitting_reviews(settings: Settings) -> tuple[Settings, Reviews]:
    """The reviews that settings ask for, and the settings to go on with: the same, or
    with all sizes smaller in proportion if there are too few reviews of a class.

    Raises
    ------
    ValueError
        If the reviews have more than two classes, of which the chapters know nothing,
        or are too few for any chapter, or fewer are to be used.
    """
    reviews = reviews_of(settings.with_all_reviews())
    if reviews.n_classes != 2:
        raise ValueError(
            f"{reviews.name} have {reviews.n_classes} classes"
            f" ({', '.join(reviews.classes[:5])}, …), and the chapters are about two:"
            " leave two in the file"
        )
    known = reviews.labels[reviews.labels >= 0]
    available = 2 * int(np.bincount(known, minlength=2).min())
    if available < FEWEST:
        raise ValueError(
            f"{reviews.name} have {available // 2:,} reviews with the rarer of their two"
            f" labels: a chapter needs at least {FEWEST // 2}, so label more of them"
        )
    if settings.reviews is not None and settings.reviews < FEWEST:
        raise ValueError(
            f"reviews={settings.reviews}: a chapter needs at least {FEWEST}, so ask for"
            " more of them"
        )
    fitting = settings.fitting(available)
    if fitting.reviews is not None:
        reviews = reviews_of(fitting)
    return fitting, reviews


def texts_to_label(settings: Settings, *, by_hand: bool) -> Reviews:
    """The texts that settings name, for a page that labels them.

    Parameters
    ----------
    by_hand
        whether a person answers. Then labels may be missing; a file gives all its texts,
        or the first so many. If a script does, every text needs its label

    Raises
    ------
    ValueError
        If a script is to answer and labels are missing.
    """
    if by_hand and not has_name(settings.source):
        read = functools.partial(
            load_reviews,
            settings.source,
            text_column=settings.text_column,
            label_column=settings.label_column,
            positive=settings.positive,
            classes=None if settings.positive else (),
            encoding=settings.encoding,
        )
        reviews = read()
        fewer = settings.reviews is not None and settings.reviews < len(reviews)
        return read(limit=settings.reviews) if fewer else reviews
    reviews = reviews_of(settings.with_all_reviews())
    if unknown := int((reviews.labels == -1).sum()):
        raise ValueError(
            f"{unknown:,} texts of {reviews.name} have no label, so that no script can"
            ' answer: give your name, as in who = "Ada", and label them yourself'
        )
    fewest = int(np.bincount(reviews.labels, minlength=reviews.n_classes).min())
    fitting = settings.fitting(reviews.n_classes * fewest)
    if fitting.reviews is None:
        return reviews
    even = fitting.reviews // reviews.n_classes * reviews.n_classes
    return reviews_of(dataclasses.replace(fitting, reviews=even))


class NotYet(Exception):
    """A page cannot go on before something has been done; shown as a sentence, without
    where in the code it was found."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def wait_until(done: object, what: str) -> None:
    """Stop here, with all the cells below, until something has been done.

    Raises
    ------
    NotYet
        If it has not been done; it says what is to be done.

    Examples
    --------
    >>> wait_until([1], "label a text first")
    """
    if not done:
        raise NotYet(f"Not yet: {what}. Then run this cell and those below.")


def banner(profile: str, settings: Settings, reviews: Reviews) -> Markdown:
    """A line that says on what this page was run: profile, reviews and their classes, of
    two of them which one counts as positive, seed, machine and versions."""
    names = {
        "python": "Python",
        "keras": "Keras",
        "tensorflow": "TensorFlow",
        "jax": "JAX",
        "torch": "PyTorch",
    }
    software = ", ".join(
        f"{names[name]} {version}" for name, version in versions().items()
    )
    return Markdown(
        f"> **This page was run** with profile `{profile}` and seed {settings.seed} on"
        f" {len(reviews):,} reviews ({quoted(reviews.name)}), on {permitted_cores()}"
        f" processor cores with {software}. {_classes_in_words(reviews.classes)}"
    )


def _classes_in_words(classes: tuple[str, ...]) -> str:
    names = [f"“{quoted(name)}”" for name in classes]
    if not names:
        return "Their classes are not known yet."
    if len(names) == 1:
        return f"Of their classes, only {names[0]} is known yet."
    if len(names) == 2:
        return (
            f"Of their two labels, {names[1]} counts as positive and {names[0]} as"
            " negative."
        )
    return f"Their classes are {', '.join(names[:-1])} and {names[-1]}."


def beginning(text: str, length: int) -> str:
    """The first words of a review, in at most so many characters and a mark that there
    is more; line breaks of the web page become spaces.

    Examples
    --------
    >>> beginning("A film<br />about nothing much", 15)
    'A film about …'
    """
    text = text.replace("<br />", " ")
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + " …"


def quoted(text: str) -> str:
    """Somebody else's text, for a line of Markdown: on one line, and none of its
    characters taken for markup.

    Examples
    --------
    >>> print(quoted("Not *one*\\ndollar"))
    Not &#42;one&#42; dollar
    """
    line = " ".join(text.split())
    return MARKUP.sub(lambda found: f"&#{ord(found[0])};", line)


def show_source(*helpers: object) -> Markdown:
    """The source of functions and classes, as the package has it: the lines that carry
    the idea, and the whole with docstring and checks behind a fold."""
    whole = [inspect.getsource(helper).rstrip() for helper in helpers]
    short = [idea_of(source) for source in whole]
    shown = "\n\n".join(f"```python\n{source}\n```" for source in short)
    if short == whole:
        return Markdown(shown)
    code = "\n\n\n".join(whole)
    return Markdown(
        f"{shown}\n\n<details><summary>The same with docstring and checks</summary>\n\n"
        f"```python\n{code}\n```\n\n</details>"
    )


def idea_of(source: str) -> str:
    """The source of a helper without its docstrings and without the checks of what it
    is given.

    Examples
    --------
    >>> print(idea_of('''def half(x):
    ...     "Half of it."
    ...     if x < 0:
    ...         raise ValueError(x)
    ...     return x / 2'''))
    def half(x):
        return x / 2
    """
    lines = source.splitlines()
    # Of a method alone, its indentation would be a syntax error.
    tree = ast.parse(textwrap.dedent(source))
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        left = [part for part in node.body if not _is_aside(part)]
        for part in node.body:
            if _is_aside(part) and left:
                for number in range(part.lineno - 1, part.end_lineno):
                    lines[number] = None
    kept = [line for line in lines if line is not None]
    # Where something has gone, no empty line opens a body and no two follow each other.
    return re.sub(r"(:|\n)\n{2,}(?= )", r"\1\n", "\n".join(kept)).rstrip()


def _is_aside(part: ast.stmt) -> bool:
    """Whether a statement is a docstring, or raises an error at wrong input only."""
    if isinstance(part, ast.If):
        return isinstance(part.body[-1], ast.Raise) and not part.orelse
    value = part.value if isinstance(part, ast.Expr) else None
    if isinstance(value, ast.Call):
        return getattr(value.func, "id", "").lstrip("_").startswith("check")
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def show_grid(name: str) -> Markdown:
    """The file of a grid whose results are kept with the book.

    Raises
    ------
    FileNotFoundError
        If the book keeps no grid of that name; the message lists those that it keeps.
    """
    text = kept_file("grid", f"{name}.toml").read_text(encoding="utf-8")
    return Markdown(f"```toml\n{text.rstrip()}\n```")
