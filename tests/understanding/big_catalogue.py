"""A chain as large as any: fifty thousand SKUs and two thousand places, made from a seed, with plausible names."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, product
from random import Random

from core.goods.catalogue import Catalogue, PlaceEntry, SkuEntry, SupplierEntry
from data.kinds import PlaceKind
from handlers.understand.names.sounds import SYLLABLES

_HEADS = (
    "康统娃农怡百青雪燕哈金银蓝红绿白黑大小天地山海江湖云雨春夏"
    "秋冬福禄寿喜乐佳美雅丽洁清达兴盛旺隆恒永利益好优良鲜香甜爽"
)
_TAILS = "师一哈夫宝事岛花京啤龙鹭月牛叶象熊虎鹤凤田园谷川泉源河塘桥村乡城堡庄坊斋记家族友邻人子仔仙童星辰光辉阳晨露霞"
_KINDS = """
牛奶 milk 酸奶 yogurt 纯净水 purified-water 矿泉水 mineral-water 苏打水 soda-water 可乐 cola 汽水 soda 果汁 juice
橙汁 orange-juice 绿茶 green-tea 红茶 black-tea 乌龙茶 oolong-tea 奶茶 milk-tea 咖啡 coffee 啤酒 beer 白酒 liquor
黄酒 rice-wine 葡萄酒 wine 薯片 chips 饼干 biscuits 曲奇 cookies 巧克力 chocolate 口香糖 gum 硬糖 candy 果冻 jelly
蛋糕 cake 面包 bread 坚果 nuts 瓜子 seeds 方便面 noodles 挂面 dried-noodles 大米 rice 面粉 flour 花生油 peanut-oil
调和油 blend-oil 酱油 soy-sauce 香醋 vinegar 蚝油 oyster-sauce 鸡精 chicken-bouillon 味精 msg 火锅底料 hotpot-base
辣酱 chili-sauce 榨菜 pickles 火腿肠 ham-sausage 午餐肉 luncheon-meat 水饺 dumplings 汤圆 rice-balls
冰淇淋 ice-cream 抽纸 tissue 卷纸 toilet-roll 湿巾 wipes 洗衣液 detergent 洗衣粉 washing-powder 洗洁精 dish-soap
牙膏 toothpaste 牙刷 toothbrush 洗发水 shampoo 沐浴露 body-wash 香皂 soap 毛巾 towel 电池 battery 垃圾袋 trash-bags
保鲜膜 cling-film
"""
_FLAVOURS = """
原味 original 黄瓜味 cucumber 番茄味 tomato 烧烤味 barbecue 香辣味 spicy 麻辣味 hot-spicy 海苔味 seaweed
草莓味 strawberry 蓝莓味 blueberry 蜜桃味 peach 青柠味 lime 柠檬味 lemon 葡萄味 grape 芒果味 mango 椰子味 coconut
抹茶味 matcha 焦糖味 caramel 薄荷味 mint 茉莉 jasmine 玫瑰 rose 桂花 osmanthus 无糖 sugar-free 低脂 low-fat
高钙 high-calcium 经典 classic 清爽 light 浓香 rich 儿童 kids 家庭装 family 礼盒装 gift-box
"""
_SIZES = {
    "瓶": ("250ml", "330ml", "500ml", "550ml", "1L", "1.5L", "2L"),
    "袋": ("40g", "70g", "108g", "135g", "400g", "1kg"),
    "盒": ("100g", "250g", "6枚", "12枚"),
    "罐": ("310ml", "330ml", "500ml"),
    "桶": ("5L", "110g", "5kg"),
}
_AREAS = (
    "西湖 余杭 萧山 滨江 拱墅 上城 临平 钱塘 富阳 临安 武林 文三 凤起 "
    "古墩 莫干山 中河 秋涛 庆春 延安 解放 体育场 教工 学院 丰潭 益乐"
)
_PLACES = (
    "广场 花园 东路 西路 南路 北路 新村 公寓 大厦 中心 银泰 万象 龙湖 宝龙 "
    "印象 天街 一号 二号 三号 街 巷 里 站 桥 苑 城 湾 坊 村 港"
)
_UNITS = {
    "瓶": ("bottle", "bottles"), "罐": ("can", "cans"), "袋": ("bag", "bags"), "盒": ("pack", "packs", "box", "boxes"),
    "桶": ("tub", "tubs", "jug", "jugs"), "箱": ("case", "cases", "carton", "cartons", "box", "boxes"),
}  # fmt: skip
_SYLLABLE = {char: syllable for syllable, chars in SYLLABLES.items() for char in chars}


def big_catalogue(skus: int = 50_000, places: int = 2_000, seed: int = 6) -> Catalogue:
    """A catalogue of so many SKUs and places. The same seed gives the same one."""
    random = Random(seed)
    return Catalogue(
        tuple(_skus(random, skus)), tuple(_stores(random, places)), _UNITS, tuple(_suppliers(random, skus // 500))
    )


def among_many(known: Catalogue, skus: int = 50_000, places: int = 2_000) -> Catalogue:
    """A catalogue with generated ones beside its own, so many SKUs and places in all: each name means what it meant."""
    many = big_catalogue(skus - len(known.skus), places - len(known.places))
    return Catalogue(
        (*known.skus, *many.skus),
        (*known.places, *many.places),
        {**many.units, **known.units},
        (*known.suppliers, *many.suppliers),
    )


def _skus(random: Random, wanted: int) -> Iterator[SkuEntry]:
    brands = _brands(random, max(20, min(400, wanted // 60)))
    kinds, flavours = _pairs(_KINDS), _pairs(_FLAVOURS)
    number, seen = count(1), set[tuple[str, str]]()
    while len(seen) < wanted:
        (brand, brand_en), (kind, kind_en), (flavour, flavour_en) = map(random.choice, (brands, kinds, flavours))
        unit = random.choice(list(_SIZES))
        name = f"{brand}{flavour}{kind}" if random.random() < 0.5 else f"{brand}{kind}{flavour}"
        for size in random.sample(_SIZES[unit], k=random.choice((1, 1, 2, 3))):
            if (name, size) in seen or len(seen) == wanted:
                continue
            seen.add((name, size))
            at = next(number)
            yield SkuEntry(
                id=at,
                code=f"{random.choice('ABGMTW')}-{10_000 + at}" if random.random() < 0.6 else f"SKU{100_000 + at}",
                name_zh=name,
                name_en=f"{brand_en} {flavour_en} {kind_en}",
                brand=brand,
                size=size,
                category=kind,
                base_unit=unit,
                decimals=0,
                packs=(("箱", random.choice((6, 12, 24))),),
                aliases=(f"{brand[:2]}{flavour}", f"{unit}装{brand}{kind}") if random.random() < 0.7 else (),
                barcodes=(f"69{10**10 + at * 7919:011d}",),
            )


def _brands(random: Random, wanted: int) -> list[tuple[str, str]]:
    names: dict[str, str] = {}
    while len(names) < wanted:
        name = random.choice(_HEADS) + "".join(random.sample(_TAILS, k=random.choice((1, 1, 2))))
        names[name] = "".join(_spelt(name)).capitalize()
    return list(names.items())


def _stores(random: Random, wanted: int) -> Iterator[PlaceEntry]:
    names = [f"{area}{place}" for area, place in product(_AREAS.split(), _PLACES.split())]
    names += [f"{name}{side}" for name, side in product(names, ("东", "西", "南"))]
    warehouses = max(2, wanted // 100)
    for at, name in enumerate(random.sample(names, k=wanted), start=1):
        store = at > warehouses
        yield PlaceEntry(
            id=at,
            code=f"S{at:04d}" if store else f"W{at:03d}",
            name_zh=f"{name}{'店' if store else '仓'}",
            name_en=" ".join(_spelt(name)).title().replace(" ", "", 1),
            aliases=(name,),
            kind=PlaceKind.STORE if store else PlaceKind.WAREHOUSE,
            region="hangzhou",
            zone="Asia/Shanghai",
        )


def _suppliers(random: Random, wanted: int) -> Iterator[SupplierEntry]:
    for at, (name, name_en) in enumerate(_brands(random, max(3, wanted)), start=1):
        yield SupplierEntry(f"SUP{at:03d}", f"{name}商贸", f"{name_en} Trading", (f"{name}经销商",))


def _spelt(name: str) -> list[str]:
    return [_SYLLABLE[char] for char in name]


def _pairs(table: str) -> list[tuple[str, str]]:
    words = table.split()
    return [(zh, en.replace("-", " ").title()) for zh, en in zip(words[::2], words[1::2], strict=True)]
