"""Set the public address of the book everywhere it is needed; `make address URL=…`
calls it.

`_config.yml` is the one place that the rest of the book reads. The notebooks' first
cells, the citation file and the README repeat the address because they are read where
`_config.yml` is not.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACES = {
    "_config.yml": re.compile(r'(?<=\n  url: ")[^"]*(?=")'),
    "CITATION.cff": re.compile(r'(?<=\nrepository-code: ")[^"]*(?=")'),
    "README.md": re.compile(r"(?<=<!-- address -->)[^<]*(?=<!-- /address -->)"),
}
BOOTSTRAP = re.compile(r'(?<=address = \\")[^"\\]*(?=\\")')
GITHUB = re.compile(r"https://github\.com/[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")


def places(root: Path = ROOT) -> dict[Path, re.Pattern[str]]:
    """Every file that holds the address, with the pattern that finds it there."""
    notebooks = {
        path: BOOTSTRAP for path in sorted((root / "notebooks").glob("*.ipynb"))
    }
    return {**{root / name: pattern for name, pattern in PLACES.items()}, **notebooks}


def current_addresses(root: Path = ROOT) -> dict[Path, str]:
    """The address that each file holds now; all should be equal.

    Raises
    ------
    ValueError
        If a file has no place for it.
    """
    found = {}
    for path, pattern in places(root).items():
        match = pattern.search(path.read_text(encoding="utf-8"))
        if match is None:
            raise ValueError(
                f"{path.name} has no place for the address: bring the line back (see"
                " book/address.py)"
            )
        found[path] = match.group()
    return found


def set_address(url: str, root: Path = ROOT) -> None:
    """Write the address into every place; an empty one takes it out again.

    Raises
    ------
    ValueError
        If it is not the address of a GitHub repository.
    """
    url = url.strip().removesuffix("/").removesuffix(".git")
    if url and not GITHUB.fullmatch(url):
        raise ValueError(
            f"{url!r} is no GitHub repository: expected https://github.com/OWNER/NAME,"
            " or nothing to unset it"
        )
    current_addresses(root)  # fail before the first file is changed
    for path, pattern in places(root).items():
        text = path.read_text(encoding="utf-8")
        path.write_text(pattern.sub(lambda _: url, text, count=1), encoding="utf-8")


if __name__ == "__main__":
    try:
        set_address(sys.argv[1] if len(sys.argv) > 1 else "")
    except ValueError as error:
        sys.exit(f"make address: {error}")
    print("address:", next(iter(current_addresses().values())) or "not set")
