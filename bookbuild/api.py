"""The rooms of the package and the modules in them, as the API page and the README show
them: read off the folder, so that none can be forgotten."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Data flows one way: a room (a package, or a module at the root) imports only from those
# before it. A test holds the package to it.
ROOMS = (
    "settings",
    "cache",
    "files",
    "errors",
    "provenance",
    "records",
    "results",
    "corpus",
    "features",
    "learners",
    "strategies",
    "published",
    "loop",
    "evidence",
    "figures",
    "labelling",
    "experiments",
    "notebook",
)


def modules_of(room: str, package: Path = ROOT / "alutils") -> list[str]:
    """The modules of a room by their dotted names; none if it is a module itself."""
    return [
        ".".join(path.relative_to(package).with_suffix("").parts)
        for path in sorted((package / room).rglob("*.py"))
        if path.name != "__init__.py"
    ]


def says(room: str, package: Path = ROOT / "alutils") -> str:
    """The first paragraph of a room's docstring, on one line."""
    path = package / room / "__init__.py"
    if not path.is_file():
        path = package / f"{room}.py"
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    return " ".join(docstring.split("\n\n")[0].split())


def with_modules(page: str) -> str:
    """The API page, from how it opens: a section for each room, in which Sphinx reads
    the docstrings of its modules."""
    parts = [page.rstrip()]
    for room in ROOMS:
        parts.append(f"## {room}")
        if modules := modules_of(room):
            parts.append(says(room))
        parts += [
            f"```{{eval-rst}}\n.. automodule:: alutils.{module}\n   :members:\n```"
            for module in modules or [room]
        ]
    return "\n\n".join(parts) + "\n"


def table_of_rooms() -> str:
    """What each room holds, as a table in Markdown; without the modules in it, so that a
    new one touches no other file."""
    rows = [f"| `{room}` | {says(room)} |" for room in ROOMS]
    return "\n".join(["| room | what it holds |", "|---|---|", *rows])


def write_table(readme: Path = ROOT / "README.md") -> None:
    """Bring the table of rooms in the README up to date."""
    start, end = "<!-- rooms -->\n", "\n<!-- /rooms -->"
    text = readme.read_text(encoding="utf-8")
    before, _, rest = text.partition(start)
    readme.write_text(
        f"{before}{start}{table_of_rooms()}{end}{rest.partition(end)[2]}",
        encoding="utf-8",
    )


if __name__ == "__main__":
    write_table()
