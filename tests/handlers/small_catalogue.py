"""A small chain made by hand, with the names that are easily misread."""

from __future__ import annotations

from core.goods.catalogue import Catalogue, PlaceEntry, SkuEntry
from data.kinds import PlaceKind

# code, Chinese name, English name, brand, size, base unit, pack unit, pack factor, aliases, barcode
_SKUS = """
COLA330|可口可乐|Coca-Cola can|可口可乐|330ml|罐|箱|24|听装可乐,罐装可口可乐|6900000000017
SKU123|可口可乐|Coca-Cola bottle|可口可乐|500ml|瓶|箱|24|瓶装可口可乐|6900000000024
COLA125|可口可乐|Coca-Cola family bottle|可口可乐|1.25L|瓶|箱|12|大可乐|6900000000031
SKU1234|零度可口可乐|Coke Zero bottle|可口可乐|500ml|瓶|箱|24|瓶装零度|6900000000048
SKU12|江小白|Jiang Xiaobai|江小白|100ml|瓶|箱|24||6900000000055
SPR500|雪碧|Sprite|雪碧|500ml|瓶|箱|24||6900000000062
RB250|红牛维生素饮料|Red Bull|红牛|250ml|罐|箱|24|红牛|6900000000079
WATER550|农夫山泉|Nongfu Spring|农夫山泉|550ml|瓶|箱|24||6900000000086
WATER4L|农夫山泉|Nongfu Spring jug|农夫山泉|4L|桶|箱|6||6900000000093
ORANGE300|NFC橙汁|NFC Orange Juice|农夫山泉|300ml|瓶|箱|24||6900000000109
WALNUT240|六个核桃|Six Walnuts|养元|240ml|罐|箱|24||6900000000116
NUTS160|三只松鼠碧根果|Three Squirrels Pecan|三只松鼠|160g|袋|箱|20||6900000000123
NUTS750|三只松鼠每日坚果|Three Squirrels Daily Nuts|三只松鼠|750g|盒|箱|6||6900000000130
MILK250|蒙牛纯牛奶|Mengniu Pure Milk|蒙牛|250ml|盒|箱|24||6900000000147
CREAM225|友臣肉松饼|Youchen Floss Cake|友臣|208g|袋|箱|20|肉松饼|6900000000154
RICE5|五常大米|Wuchang Rice|五常|5kg|袋|件|4||6900000000161
PORK|五花肉|Pork Belly|双汇|10kg|kg|箱|10||6900000000178
POTATO|土豆|Potato|蔬菜|20kg|kg|袋|20|洋芋|6900000000185
LIQUN|利群软长嘴|Liqun Soft|利群||包|条|10|软利群|6900000000192
TEA250|西湖龙井|West Lake Longjing|狮牌|250g|罐|箱|10||6900000000208
LIU|六神花露水|Liushen Floral Water|六神|195ml|瓶|箱|30|花露水|6900000000215
AA|南孚5号电池|Nanfu AA Battery|南孚||卡|箱|60|5号电池|6900000000222
BUD500|百威啤酒|Budweiser|百威|500ml|罐|箱|18|大百威|6900000000239
SOAP|洗洁精|Dish Soap|立白|500g|瓶|箱|24||6900000000246
DUMPLING|三全水饺|Sanquan Dumplings|三全|450g|袋|箱|20||6900000000253
"""
# code, Chinese name, English name, kind, aliases
_PLACES = """
XH|西湖店|West Lake|store|西湖,A店,store A
EQ|二七店|Erqi|store|二七,27店,B店,store B
WL|武林店|Wulin Square|store|武林,C店,store C,Wulin
BJ|滨江店|Binjiang|store|滨江,D店,store D
BJ2|滨江二店|Binjiang 2|store|滨二,E店,store E
WY|五一店|Wuyi|store|五一,51店
W1|中央仓|Central Warehouse|warehouse|总仓,大仓,central,DC
W2|下沙仓|Xiasha Warehouse|warehouse|下沙,Xiasha
"""
_UNITS = """
瓶|bottle,bottles,btl
罐|can,cans
箱|case,cases,carton,cartons,box,boxes,xiang
盒|pack,packs,box,boxes
袋|bag,bags
包|packet,packets,pack,packs
件|bundle,bundles
个|pc,pcs,piece,pieces,只
桶|jug,jugs
条|carton,cartons
kg|kg,kilo,kilos,公斤,千克
斤|jin,市斤
克|g,gram,grams
卡|card,cards
"""


def small_catalogue() -> Catalogue:
    """The catalogue of 25 products, six stores and two warehouses."""
    skus = tuple(_sku(number, row.split("|")) for number, row in enumerate(_rows(_SKUS), start=1))
    places = tuple(_place(number, row.split("|")) for number, row in enumerate(_rows(_PLACES), start=1))
    units = {unit: tuple(spoken.split(",")) for unit, spoken in (row.split("|") for row in _rows(_UNITS))}
    return Catalogue(skus, places, units)


def _rows(table: str) -> list[str]:
    return table.strip().splitlines()


def _sku(number: int, fields: list[str]) -> SkuEntry:
    code, name_zh, name_en, brand, size, base, pack, factor, aliases, barcode = fields
    decimals = 3 if base == "kg" else 0
    return SkuEntry(
        id=number,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        brand=brand,
        size=size,
        category="",
        base_unit=base,
        decimals=decimals,
        packs=((pack, int(factor) * 10**decimals),),
        aliases=tuple(filter(None, aliases.split(","))),
        barcodes=(barcode,),
    )


def _place(number: int, fields: list[str]) -> PlaceEntry:
    code, name_zh, name_en, kind, aliases = fields
    return PlaceEntry(
        id=number,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        aliases=tuple(aliases.split(",")),
        kind=PlaceKind(kind),
        region="hangzhou",
        zone="Asia/Shanghai",
    )
