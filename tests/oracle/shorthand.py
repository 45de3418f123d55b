"""Short words for the hand-computed cases."""

from .books import Books

COLA, RICE = "COLA", "RICE"
NOTHING = {"available": 0, "reserved": 0, "in_transit": 0, "blocked": 0}


def on(available: int = 0, reserved: int = 0, in_transit: int = 0, blocked: int = 0) -> dict[str, int]:
    """The counts of a place's shelves."""
    return {"available": available, "reserved": reserved, "in_transit": in_transit, "blocked": blocked}


def split(
    good: int = 0, damaged: int = 0, for_supplier: int = 0, refused: int = 0, missing: int = 0, over: int = 0
) -> tuple[int, int, int, int, int, int]:
    """What the target says of a line."""
    return good, damaged, for_supplier, refused, missing, over


def back(good: int = 0, damaged: int = 0, missing: int = 0) -> tuple[int, int, int]:
    """What the source says of a line that comes back."""
    return good, damaged, missing


def left(books: Books, number: object, line: int = 1) -> dict[str, str | int]:
    """What is not 0 of a line that left, without what was asked and approved."""
    row = books.lines(number)[line - 1]
    return {name: said for name, said in row.items() if said and name not in ("sku", "asked", "approved")}


def send(books: Books, number: object, *lines: tuple[str, int]) -> None:
    """A transfer from WH to XH whose goods have left."""
    books.submit(number, "WH", "XH", lines)
    books.approve(number)
    books.dispatch(number)


def stands(books: Books, place: str, shelves: dict[str, int], on_hand_fen: int, in_transit_fen: int = 0) -> None:
    """The cola of a place."""
    assert books.shelves(place, COLA) == shelves
    assert books.values(place, COLA) == (on_hand_fen, in_transit_fen)
