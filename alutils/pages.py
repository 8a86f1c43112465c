"""What a page says about itself: what it was run on, and the source of the helpers that
it uses."""

from __future__ import annotations

import inspect
import os

from IPython.display import Markdown

from alutils.evaluation import kept_file, versions
from alutils.reviews import Reviews
from alutils.settings import Settings


def banner(profile: str, settings: Settings, reviews: Reviews) -> Markdown:
    """A line that says on what this page was run: profile, reviews, seed, machine and
    versions."""
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
        f" {len(reviews):,} reviews ({reviews.name}), on {os.cpu_count()} processor"
        f" cores with {software}."
    )


def show_source(*helpers: object) -> Markdown:
    """The source of functions and classes, as the package has it."""
    return Markdown(
        "\n\n".join(
            f"```python\n{inspect.getsource(helper).rstrip()}\n```"
            for helper in helpers
        )
    )


def show_grid(name: str) -> Markdown:
    """The file of a grid whose results are kept with the book.

    Raises
    ------
    FileNotFoundError
        If the book keeps no grid of that name; the message lists those that it keeps.
    """
    text = kept_file("grid", f"{name}.toml").read_text(encoding="utf-8")
    return Markdown(f"```toml\n{text.rstrip()}\n```")
