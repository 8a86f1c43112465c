import inspect
import platform
import tomllib
from importlib import metadata

import keras
import pytest

from alutils.pages import banner, show_grid, show_source
from alutils.scores import least_confidence
from alutils.settings import settings_for
from alutils.splits import Splits


def test_the_banner_says_on_what_the_page_was_run(corpus_of):
    line = banner("small", settings_for("small", seed=41), corpus_of([0, 1] * 617)).data
    backend = keras.backend.backend()
    name = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}[backend]
    for fact in (
        "profile `small`",
        "seed 41",
        "1,234 reviews (made-up reviews)",
        f"Python {platform.python_version()}",
        f"Keras {metadata.version('keras')}",
        f"{name} {metadata.version(backend)}",
    ):
        assert fact in line


def test_a_helper_is_shown_as_its_file_has_it():
    shown = show_source(least_confidence, Splits).data
    blocks = shown.split("```python\n")[1:]
    assert len(blocks) == 2
    for block, helper in zip(blocks, (least_confidence, Splits), strict=True):
        source = block.rstrip().removesuffix("```")
        assert (
            source.rstrip()
            in open(inspect.getsourcefile(helper), encoding="utf-8").read()
        )
    assert "def least_confidence(" in blocks[0]
    assert "@dataclass(frozen=True)\nclass Splits:" in blocks[1]


def test_a_grid_is_shown_as_its_file_has_it():
    shown = show_grid("audit").data
    assert shown.startswith("```toml\n")
    text = shown.removeprefix("```toml\n").removesuffix("\n```")
    assert tomllib.loads(text)["arms"]["cold start"] == {"start": "cold"}


def test_an_unknown_grid_is_refused_with_those_that_there_are():
    with pytest.raises(
        FileNotFoundError, match=r"no grid named 'mine' \(kept: .*audit"
    ):
        show_grid("mine")
