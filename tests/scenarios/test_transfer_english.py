"""The longest ways of a transfer in English: asked, less approved, less loaded, in parts, short, lost; and returned."""

from __future__ import annotations

import re

from tests.scenarios.twice import Twice

SHORT = "4 bottles missing, 2 bottles damaged · TR-1015 · Central Warehouse to explain"


async def test_from_a_request_to_the_last_bottle(twice: Twice) -> None:
    chain = twice
    await chain.all_speak("en")
    await until_it_has_left(chain)
    await until_it_is_lost(chain)
    await chain.says("王小丫", "received TR-1015 in full")
    assert await chain.taps("王小丫", "Receive 24 bottles") == "Settled · TR-1015 · 4 bottles lost"
    assert (await chain.card("王小丫")).lines[3:] == [
        "324 bottles booked at West Lake, ready to sell",
        "2 bottles damaged: set aside, do not sell",
        "6 bottles back at Central Warehouse",
        "4 bottles written off: The carrier",
        "Counted in by 王小丫, 10:41",
    ]
    assert await chain.shelves("西湖店", "SKU123") == {"available": 402, "blocked": 2}
    await chain.old_buttons_do_nothing()


async def until_it_has_left(chain: Twice) -> None:
    """Asked for, approved with less, loaded with less than that, and the rest a second transfer."""
    await chain.says("王小丫", "transfer 20 cases SKU123 from central warehouse to West Lake")
    assert await chain.taps("王小丫", "Transfer 20 cases") == "Waiting · TR-1015 · for 秦师傅"
    card = await chain.says("秦师傅", "approve TR-1015 15 cases")
    assert card.lines == [
        "Confirm this · TR-1015 · not approved yet",
        "Coca-Cola bottle 500ml asked 480 bottles, approved 360 bottles",
        "Central Warehouse → West Lake",
        "The rest is free at Central Warehouse at once",
    ]
    assert await chain.taps("秦师傅", "Approve 15 cases") == "Approved · TR-1015 · 秦师傅 10:41 · dispatch next"
    card = await chain.says("秦师傅", "TR-1015 loaded 14 cases, no room, the rest later")
    assert card.lines == [
        "Confirm this · TR-1015 · not loaded yet",
        "Coca-Cola bottle 500ml approved 360 bottles, loaded 336 bottles",
        "Central Warehouse → West Lake",
        "On Central Warehouse's books until received",
        "Less: no room on the truck; the rest waits as a second transfer",
    ]
    assert await chain.taps("秦师傅", "Dispatch 14 cases") == "In transit · TR-1015 · to West Lake"
    assert await chain.lines("王小丫") == ["Rest of TR-1015 · TR-1016 · dispatch next · Central Warehouse → West Lake"]
    card = await chain.card("王小丫")
    assert card.lines[-2:] == ["24 bottles less loaded: no room on the truck", "Loaded by 秦师傅, 10:41"]
    assert card.labels == ["All arrived", "Not all", "Not our goods", "Call back"]


async def until_it_is_lost(chain: Twice) -> None:
    """In parts, some damaged, refused and missing; some come back, some are written off."""
    said = "received TR-1015 300 good 2 damaged 4 missing 6 refused, the rest on the next truck"
    card = await chain.says("王小丫", said)
    assert card.lines == [
        "Confirm this · TR-1015 · not booked yet",
        (
            "Coca-Cola bottle 500ml sent 336 bottles, good 300 bottles, damaged 2 bottles, "
            "refused 6 bottles, missing 4 bottles"
        ),
        "Good ones become available at West Lake",
        "Damaged ones are set aside",
        "Refused ones stay on Central Warehouse's books",
        "Missing ones stay on Central Warehouse's books",
        "The rest is on the next truck, on Central Warehouse's books",
    ]
    assert await chain.taps("王小丫", "Receive 300 bottles") == SHORT
    card = await chain.card("秦师傅")
    assert card.lines == [
        SHORT,
        "Coca-Cola bottle 500ml: 14 cases (336 bottles)",
        "Central Warehouse → West Lake",
        "Settled: good 300 bottles",
        "2 bottles damaged: set aside, do not sell",
        "Still on Central Warehouse's books: missing 4 bottles, refused 6 bottles, on the road 24 bottles",
        "秦师傅 to answer by tomorrow 10:41",
        "Counted in by 王小丫, 10:41",
    ]
    assert card.labels == ["All is back", "Some is back"]
    await chain.says("秦师傅", "TR-1015 took back 6")
    assert await chain.taps("秦师傅", "Take back 6 bottles") == SHORT

    await chain.later(hours=24)
    assert "姜海 to answer by tomorrow 10:41" in (await chain.card("姜海")).lines
    card = await chain.says("姜海", "TR-1015 write off, the carrier pays")
    assert card.lines == [
        "Confirm this · TR-1015 · not written off yet",
        "Coca-Cola bottle 500ml: 4 bottles",
        "The carrier pays",
        "It leaves Central Warehouse's books for good",
    ]
    assert await chain.taps("姜海", "Write off 4 bottles") == "Part arrived · TR-1015 · 24 bottles to come"


async def test_a_return_goods_at_the_wrong_store_too_many_and_called_back(twice: Twice) -> None:
    chain = twice
    await chain.all_speak("en")
    card = await chain.says("王小丫", "return 40 bottles SKU123 to the central warehouse, near expiry")
    assert card.lines[2] == "West Lake → Central Warehouse · Return: near expiry"
    await chain.taps("王小丫", "Transfer 40 bottles")
    await chain.taps("王小丫", "Dispatch 40 bottles")
    await chain.says("秦师傅", "received TR-1015 25 good 1 damaged 2 for the supplier 12 refused")
    assert await chain.taps("秦师傅", "Receive 25 bottles") == "12 bottles refused · TR-1015 · West Lake to take back"
    assert await chain.taps("李姐", "All is back") == "Received, 1 bottle damaged · TR-1015"

    await chain.says("秦师傅", "transfer 2 cases SKU123 from central warehouse to West Lake")
    await chain.taps("秦师傅", "Transfer 2 cases")
    await chain.taps("秦师傅", "Dispatch 2 cases")
    await chain.says("赵敏", "TR-1016 is with us")
    assert await chain.taps("赵敏", "It is here") == "At the wrong store · TR-1016 · Erqi"
    assert (await chain.card("李姐")).labels == ["Keep it there", "Send it on", "Send it back"]
    assert await chain.taps("李姐", "Send it on") == "Count it in · TR-1016 · from Central Warehouse"
    assert await chain.lines("赵敏") == ["Send it on · TR-1016 · West Lake to receive · Central Warehouse → West Lake"]
    await chain.says("王小丫", "received TR-1016 53 bottles")
    too_many = "5 bottles too many · TR-1016 · Central Warehouse to say"
    assert await chain.taps("王小丫", "Receive 48 bottles") == too_many
    assert await chain.taps("秦师傅", "We sent more") == "All received · TR-1016 · 10:41"

    await chain.says("秦师傅", "transfer 2 cases SKU123 from central warehouse to West Lake")
    await chain.taps("秦师傅", "Transfer 2 cases")
    await chain.taps("秦师傅", "Dispatch 2 cases")
    assert await chain.taps("秦师傅", "Call back") == "Coming back · TR-1017 · Central Warehouse to receive"
    assert await chain.taps("秦师傅", "All is back") == "All is back · TR-1017 · 10:41"
    spoken = [line for who in ("总部群", "王小丫", "李姐", "秦师傅") for line in await chain.lines(who)]
    assert spoken
    assert not [line for line in spoken if re.search("[\u4e00-\u9fff]", line)]
    await chain.old_buttons_do_nothing()
