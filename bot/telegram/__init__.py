"""The Telegram channel: updates become inbox rows before they are confirmed, replies become messages with buttons.

May import what `bot` may. Begin with `wire.py`, which ties the pieces, then `receive.py` and `channel.py`.
"""
