"""The tests, scenarios first: people talking, with the books checked after every message.

Begin in `scenarios/`. `test_tidy.py`, `test_wording.py` and `test_readme.py` hold the form of the house.
"""
