"""Goods that come from suppliers and go to customers.

May import the ground, people, goods and stock. Begin with `sales.py`.
"""
