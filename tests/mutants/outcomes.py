"""A pytest plugin that writes down, for the mutant runner, what each test came to.

It is loaded by name from this folder, so that a scratch copy needs no copy of it. It also says from which files the
house was imported: a mutant in a copy proves nothing about tests that ran on the original.
"""

import json
import os
import sys
from pathlib import Path

import pytest

FLOORS = ("bot", "handlers", "core", "data")
outcomes: dict[str, str] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep the worst of set-up, call and tear-down. A skipped test has shown nothing."""
    if report.failed:
        outcomes[report.nodeid] = "red"
    elif report.skipped:
        outcomes.setdefault(report.nodeid, "skipped")
    elif report.when == "call":
        outcomes.setdefault(report.nodeid, "green")


def pytest_sessionfinish() -> None:
    """Write the outcomes where the runner asked for them."""
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] in FLOORS]
    files = [file for module in modules if (file := getattr(module, "__file__", None))]
    imported = [str(Path(file).resolve()) for file in files]
    Path(os.environ["MUTANT_OUTCOMES"]).write_text(json.dumps({"outcomes": outcomes, "imported": imported}))
