"""Scripts that look at pages in a real browser, in tests/book/browser."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from bookbuild.make import BUILD, one_at_a_time
from bookbuild.pdf import find_chromium

SCRIPTS = Path(__file__).parents[1] / "book" / "browser"


def install_packages() -> None:
    """Bring tests/book/browser/node_modules to the state of its lock."""
    installed = SCRIPTS / "node_modules" / ".package-lock.json"
    lock = SCRIPTS / "package-lock.json"
    with one_at_a_time(BUILD / "browser"):
        if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
            command = ["npm", "ci", "--no-audit", "--no-fund"]
            done = subprocess.run(command, cwd=SCRIPTS, capture_output=True, text=True)
            assert done.returncode == 0, f"npm ci in {SCRIPTS} failed:\n{done.stderr}"


def run_in_browser(script: str, *arguments: str, timeout: float = 900) -> dict:
    """What a script prints as JSON, which gets the path of Chromium and the arguments."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("no Chromium: install it, or name one in CHROMIUM=/path/to/it")
    if not (shutil.which("npm") and shutil.which("node")):
        pytest.skip("no Node.js with npm: install Node.js 20 or later")
    install_packages()
    command = ["node", str(SCRIPTS / script), chromium, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, f"{script} did not get to its end:\n{done.stderr}"
    return json.loads(done.stdout)
