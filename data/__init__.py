"""What is stored: tables, the engine that reads and writes them, migrations, the demo chain.

Imports nothing of the other packages. Begin with `kinds.py` for the words, `tables/` for the rows, `engine.py` for how
a transaction runs.
"""
