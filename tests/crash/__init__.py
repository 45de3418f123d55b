"""The product is killed at random under load, and a checker of its own says what became of every word and message.

Begin with `storm.py`, which plays a whole run: `world.py` is the platform, `product.py` and `processes.py` what is
killed, `staff.py` the people. `evidence.py` is what they leave, `checker.py` judges it and shares no code with the
conversation.
"""
