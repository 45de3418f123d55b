"""What holds whatever people do: random days, checked after every step."""
