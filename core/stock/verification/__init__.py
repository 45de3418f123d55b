"""Verification (对账): proves that the books are right, beside a server that goes on writing.

May import the ground, people and goods, and nothing that writes the ledger. Begin with `books.py`.
"""
