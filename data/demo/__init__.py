"""The demo chain as files a person can edit, and their one reader.

Imports the tables. Begin with `chain.py` (`load`), then `plant.py`; the chain itself stands in the .toml and .csv files
beside it: places, people, products, units, routes, opening stock. How it lives stands in history.toml, from which
`history.py` draws its days.
"""
