"""How well messages are understood: labelled sets, the world they speak of, and who scores them."""
