"""The spoken forms of units, and which units each can mean."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from core.goods.catalogue import Catalogue
from handlers.understand.names.forms import quick_plain
from handlers.understand.sizes import MEASURES

_ALWAYS: Mapping[str, tuple[str, ...]] = {
    "kg": ("kg",), "公斤": ("kg",), "千克": ("kg",), "斤": ("斤",), "克": ("克",), "g": ("克",),
    "个": ("个",), "只": ("个",), "pcs": ("个",), "pc": ("个",), "piece": ("个",), "pieces": ("个",), "件": ("件",),
    "ctn": ("箱", "条"), "ctns": ("箱", "条"), "case": ("箱", "条"),
    "cases": ("箱", "条"), "carton": ("箱", "条"), "cartons": ("箱", "条"),
    "box": ("盒", "箱"), "boxes": ("盒", "箱"),
}  # fmt: skip
_PLURAL_WITH_S = re.compile(r"[a-z]{2,}[^\Wsxhy\d]")
# Units that people say and that perhaps no product has. Behind a number they are asked about by name.
_OTHERS = (
    "吨|磅|升|毫升|托|板|车|提|扎|捆|筐|篮|份|双|套|串|片|排|桶|罐|听|瓶|箱|盒|包|袋|支|根|杯|卷|坛|壶|ton|tons|tonne|tonnes|pound|pounds|lb|lbs|litre|litres|"
    "liter|liters|pallet|pallets|crate|crates|barrel|barrels|truckload|truckloads"
)


def units_of(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Spoken forms to the units they can mean: "box" may be 盒 or 箱."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for surface, units in _ALWAYS.items():
        found[surface].update(dict.fromkeys(units))
    for unit, spoken in catalogue.units.items():
        for surface in (unit, *spoken):
            found[quick_plain(surface)][unit] = None
    for sku in catalogue.skus:
        for unit in (sku.base_unit, *(unit for unit, _ in sku.packs)):
            found[quick_plain(unit)][unit] = None
    for surface in [one for one in found if _PLURAL_WITH_S.fullmatch(one)]:  # bale, and so bales
        found.setdefault(f"{surface}s", found[surface])
    return {surface: tuple(units) for surface, units in found.items() if surface}


def units_behind_numbers(units: Mapping[str, tuple[str, ...]]) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """What can stand behind a number, with the units that it can mean; by their first characters, the shortest first.

    The units of the chain, those that people say though no product has them, and measures, which mean no unit.
    """
    said = dict.fromkeys(MEASURES, ()) | {unit: (unit,) for unit in _OTHERS.split("|")} | dict(units) | {"两": ("斤",)}
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for word in sorted(said, key=len):
        found[word[0]].append((word, said[word]))
    return dict(found)
