"""What every area stands on: errors, quantity, money, work, documents, permissions, events, audit.

Imports no area. Begin with `work.py`.
"""
