"""Style sheets without what no page uses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import tinycss2
from tinycss2.ast import Node

WITHIN = ("media", "supports")  # what holds rules itself


def words_of(files: Iterable[Path]) -> set[str]:
    """All that could name a class or a place, in pages and in the scripts that change
    them."""
    texts = (path.read_text(encoding="utf-8") for path in files)
    return {word for text in texts for word in re.findall(r"[\w-]+", text)}


def only_used(styles: str, words: set[str]) -> str:
    """Styles less the selectors of which a class or a place is none of the words, and
    the rules that have no other selector; notes on copyright stay.

    Examples
    --------
    >>> only_used("p, .a .b:hover { top: 0 } @media print { .b { top: 1px } }", {"a"})
    'p{ top: 0 }'
    """
    return "".join(map(str, _kept(tinycss2.parse_stylesheet(styles), words)))


def _kept(rules: list[Node], words: set[str]) -> list[str]:
    kept = []
    for rule in rules:
        if rule.type == "comment":
            if rule.value.startswith("!"):
                kept.append(rule.serialize())
        elif rule.type == "qualified-rule":
            chosen = [s for s in _selectors(rule.prelude) if _names(s) <= words]
            if chosen:
                names = ",".join(tinycss2.serialize(s).strip() for s in chosen)
                kept.append(f"{names}{{{tinycss2.serialize(rule.content)}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in WITHIN:
            inside = _kept(tinycss2.parse_rule_list(rule.content), words)
            if inside:
                condition = tinycss2.serialize(rule.prelude)
                kept.append(f"@{rule.at_keyword}{condition}{{{''.join(inside)}}}")
        elif rule.type != "whitespace":
            kept.append(rule.serialize())
    return kept


def _selectors(prelude: list[Node]) -> list[list[Node]]:
    """What stands between the commas."""
    found = [[]]
    for token in prelude:
        if token == ",":
            found.append([])
        else:
            found[-1].append(token)
    return found


def _names(selector: list[Node]) -> set[str]:
    """Classes and places that a selector asks for; what stands in brackets may also be
    what it must not be, so it does not count."""
    classes = {
        name.value
        for dot, name in pairwise(selector)
        if dot == "." and name.type == "ident"
    }
    return classes | {token.value for token in selector if token.type == "hash"}
