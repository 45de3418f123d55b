"""The demo chain as files a person can edit, and their one reader.

Imports the standard library and `data.kinds`. Begin with `chain.py` (`load`); the chain itself stands in the .toml and
.csv files beside it: places, people, products, units, routes, opening stock, example sentences.
"""
