"""Goods that move: the ledger and the documents that write to it.

May import the ground, people and goods. Begin with `carry.py`, the one rule, then `ledger.py`, then `transfers.py`.
"""
