"""The edges: channels in, delivery out, the clock, the command line. It translates; it decides nothing.

May import everything below. Begin with `wiring.py`, which ties the pieces, then `inbox.py` and `delivery.py`.
"""
