"""Finds the Chromium that the browser tests drive, or installs it where that is allowed.

`python -m tests.chromium` prints its path. One found on the machine is used as it is; a missing one is installed by
the package manager, which needs root and apt-get; else one sentence says what to install.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SETTING = "STOCKTALK_CHROMIUM"
COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
INSTALLING = (
    ("apt-get", "update", "-q"),
    ("apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"),
)


class ChromiumMissing(Exception):
    """There is no Chromium here; the text says what to do about it."""


def find() -> str:
    """The path of a Chromium: the one that STOCKTALK_CHROMIUM names, else the first on the PATH.

    Raises ChromiumMissing, also when the setting names a file that cannot be run: a wish is not quietly replaced.
    """
    if wished := os.environ.get(SETTING):
        if path := shutil.which(wished):
            return path
        raise ChromiumMissing(f"{SETTING} names {wished}, which cannot be run.")
    for path in (*map(shutil.which, COMMANDS), *(str(place) for place in APPLICATIONS if place.exists())):
        if path:
            return path
    raise ChromiumMissing(
        f"The browser tests need Chromium: install the package chromium, or name a Chromium or Chrome in {SETTING}."
    )


def find_or_install() -> str:
    """The path of a Chromium, installed first if there is none and we may. Raises ChromiumMissing."""
    try:
        return find()
    except ChromiumMissing:
        if os.environ.get(SETTING) or not may_install():
            raise
    install()
    return find()


def may_install() -> bool:
    """Whether there is a package manager that we know, and the right to use it."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install() -> None:
    """Install Chromium with the package manager. Raises ChromiumMissing when it did not work."""
    print("Installing Chromium for the browser tests.", file=sys.stderr)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in INSTALLING:
        # Standard output is for the path; what the package manager says is worth reading only when it fails.
        done = subprocess.run(
            command, env=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode:
            print(done.stdout, file=sys.stderr)
            raise ChromiumMissing(f"The browser tests need Chromium, and `{' '.join(command)}` failed (see above).")


def main() -> int:
    """Print the path, or the sentence that says what is missing."""
    try:
        print(find_or_install())
    except ChromiumMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
