"""The rules of the shop, one by one: tables drawn whole, refusals, races."""
