"""Set up the environment of the book; make calls it with whatever Python it finds.

So this file needs nothing but that Python, and can be read by an old one too.
"""

import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What TensorFlow has wheels for; pyproject.toml says the same, and a test compares.
OLDEST, NEWEST = (3, 11), (3, 13)


def unsupported(version, system, machine):
    """Why the book cannot run there, and what to do; none if it can.

    Examples
    --------
    >>> unsupported((3, 12), "Linux", "x86_64")
    >>> unsupported((3, 14), "Linux", "x86_64")[:50]
    'this book needs Python 3.11 to 3.13, found 3.14: T'
    """
    found = ".".join(map(str, version[:2]))
    if not OLDEST <= tuple(version[:2]) <= NEWEST:
        return (
            "this book needs Python {}.{} to {}.{}, found {}: TensorFlow comes for"
            " these only. Name another with make … PYTHON=python3.12"
        ).format(*OLDEST, *NEWEST, found)
    if (system, machine) == ("Darwin", "x86_64"):
        return (
            "this book needs TensorFlow, which no longer comes for Macs with an Intel"
            " processor (or for a Python that runs translated on another): open the"
            " notebooks in Colab, or use Linux, in a container for instance"
        )
    return None


def without_others_settings(environment):
    """The variables for pip and Python, less those that would lead them elsewhere."""
    elsewhere = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PYTHON")
    kept = {k: v for k, v in environment.items() if not k.startswith(elsewhere)}
    # Against a pip.conf that asks for the user's own folder.
    return dict(kept, PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1")


def set_up(folder, ready):
    """Make the environment in `folder` what the lock says, and write `ready`.

    A second one that is started meanwhile waits, and finds it done.
    """
    import fcntl

    folder.mkdir(parents=True, exist_ok=True)
    with open(str(folder / ".lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print(f"Waiting: {folder} is being set up already", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = [ROOT / "requirements.txt", ROOT / "pyproject.toml"]
        if ready.exists() and all(
            path.stat().st_mtime <= ready.stat().st_mtime for path in wanted
        ):
            return
        print(f"Setting up {folder} (once; a minute or two and about 3.5 GB)")
        sys.stdout.flush()
        environment = without_others_settings(os.environ)
        python = folder / "bin" / "python"
        pip = [str(python), "-m", "pip", "install", "--quiet"]
        commands = [
            [*pip, "--require-hashes", "-r", str(wanted[0])],
            [*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)],
        ]
        if not python.exists():
            commands.insert(0, [sys.executable, "-m", "venv", str(folder)])
        for command in commands:
            subprocess.run(command, check=True, env=environment)
        ready.touch()


if __name__ == "__main__":
    place = Path(sys.argv[1])
    fault = unsupported(sys.version_info, platform.system(), platform.machine())
    if fault:
        sys.exit(fault)
    try:
        set_up(place, place / ".ready")
    except subprocess.CalledProcessError:
        sys.exit(f"{place} was not set up (above: what pip said)")
