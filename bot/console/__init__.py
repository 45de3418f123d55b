"""The chat channel that comes with the product: a page in the browser, several people side by side.

May import what `bot` may. Begin with `server.py`; `page/` is what the browser gets.
"""
