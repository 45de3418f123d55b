"""Understanding: what a typed message means, as a Reading; it asks rather than guesses.

It may import `core.goods.catalogue` and `data.kinds`, and knows neither channels nor the database. Begin with
`reading.py`, the interface, then `understand.py`, which decides.
"""
