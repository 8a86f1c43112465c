"""Set the public address of the book everywhere it is needed; `make address URL=…`
calls it.

`_config.yml` is the one place that the rest of the book reads. The notebooks' first
cells, the citation file and the README repeat the address because they are read where
`_config.yml` is not.
"""

from __future__ import annotations

import re
import sys
from copy import deepcopy
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
GITHUB = re.compile(r"https://github\.com/[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
# For each file the text around the address: before and after it.
AROUND = {
    "_config.yml": (r'\n  url: "', '"'),
    "README.md": ("<!-- address -->", "<!-- /address -->"),
    # A comment as long as there is no address: the format allows no empty one.
    "CITATION.cff": (r'\n(?:# )?repository-code: "', '"'),
    "*.ipynb": (r'address = \\"', r'\\"'),
}


def _places(root: Path) -> dict[Path, re.Pattern[str]]:
    files = {root / name: name for name in AROUND if "*" not in name}
    files |= {path: "*.ipynb" for path in sorted((root / "notebooks").glob("*.ipynb"))}
    return {
        path: re.compile(rf'({AROUND[name][0]})([^"<\\]*)({AROUND[name][1]})')
        for path, name in files.items()
    }


def current_addresses(root: Path = ROOT) -> dict[Path, str]:
    """The address that each file holds now; all should be equal.

    Raises
    ------
    ValueError
        If a file has no place for it.
    """
    found = {}
    for path, pattern in _places(root).items():
        match = pattern.search(path.read_text(encoding="utf-8"))
        if match is None:
            raise ValueError(
                f"{path.name} has no place for the address: bring the line back (see"
                " bookbuild/address.py)"
            )
        found[path] = match[2]
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
    for path, pattern in _places(root).items():
        text = path.read_text(encoding="utf-8")
        text = pattern.sub(lambda m: f"{m[1]}{url}{m[3]}", text, count=1)
        if path.name == "CITATION.cff":
            hidden = "" if url else "# "
            text = re.sub(r"\n(?:# )?(?=repository-code)", f"\n{hidden}", text)
        path.write_text(text, encoding="utf-8")


def with_address(config: dict) -> dict:
    """The settings with all that follows from the public address, or from its lack."""
    config = deepcopy(config)
    settings, root = config["sphinx"]["config"], "/"
    if repository := config["repository"]["url"]:
        address = _pages_address(repository)
        config["html"]["baseurl"] = settings["ogp_site_url"] = address
        root = urlsplit(address).path
    else:  # no button leads to an address of nobody's
        del config["repository"], config["launch_buttons"]
        config["html"]["use_repository_button"] = False
    lost = settings["notfound_context"]
    lost["body"] = lost["body"].format(root=root)
    settings["notfound_urls_prefix"] = root
    return config


def _pages_address(repository: str) -> str:
    """Where GitHub Pages shows the pages of a repository."""
    owner, name = repository.lower().split("/")[-2:]
    site = f"{owner}.github.io"
    return f"https://{site}/" if name == site else f"https://{site}/{name}/"


if __name__ == "__main__":
    try:
        set_address(sys.argv[1] if len(sys.argv) > 1 else "")
    except ValueError as error:
        sys.exit(f"make address: {error}")
    print("address:", next(iter(current_addresses().values())) or "not set")
