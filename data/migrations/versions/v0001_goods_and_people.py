"""Goods, places and people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.columns import words

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_place()
    create_place_alias()
    create_sku()
    create_sku_alias()
    create_pack()
    create_barcode()
    create_unit_name()
    create_person()
    add_the_edges_and_the_system()


def create_place() -> None:
    op.create_table(
        "place",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column(
            "kind", words("known_placekind", "store", "warehouse", "supplier", "customer", "opening"), nullable=False
        ),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("may_go_below", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("may_go_below in (0, 1)", name=op.f("ck_place_below_zero_is_a_flag")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("code", name=op.f("uq_place_code")),
        sqlite_strict=True,
    )


def create_place_alias() -> None:
    op.create_table(
        "place_alias",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_place_alias_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_alias")),
        sa.UniqueConstraint("place_id", "name", name=op.f("uq_place_alias_place_id_name")),
        sqlite_strict=True,
    )


def create_sku() -> None:
    op.create_table(
        "sku",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("size", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("base_unit", sa.Text(), nullable=False),
        sa.Column("decimals", sa.BigInteger(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("decimals between 0 and 3", name=op.f("ck_sku_decimals_are_few")),
        sa.CheckConstraint("price_fen >= 0 and cost_fen >= 0", name=op.f("ck_sku_prices_are_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sku")),
        sa.UniqueConstraint("code", name=op.f("uq_sku_code")),
        sqlite_strict=True,
    )


def create_sku_alias() -> None:
    op.create_table(
        "sku_alias",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_sku_alias_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sku_alias")),
        sa.UniqueConstraint("sku_id", "name", name=op.f("uq_sku_alias_sku_id_name")),
        sqlite_strict=True,
    )


def create_pack() -> None:
    op.create_table(
        "pack",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("factor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("factor >= 1", name=op.f("ck_pack_factor_is_whole")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_pack_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack")),
        sa.UniqueConstraint("sku_id", "unit", name=op.f("uq_pack_sku_id_unit")),
        sqlite_strict=True,
    )


def create_barcode() -> None:
    op.create_table(
        "barcode",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_barcode_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_barcode")),
        sa.UniqueConstraint("code", name=op.f("uq_barcode_code")),
        sqlite_strict=True,
    )


def create_unit_name() -> None:
    op.create_table(
        "unit_name",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_name")),
        sa.UniqueConstraint("unit", "name", name=op.f("uq_unit_name_unit_name")),
        sqlite_strict=True,
    )


def create_person() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "role",
            words(
                "known_role",
                "clerk",
                "store_manager",
                "keeper",
                "area_manager",
                "buyer",
                "finance",
                "auditor",
                "hq",
                "admin",
                "system",
            ),
            nullable=False,
        ),
        sa.Column("home_id", sa.BigInteger(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["home_id"], ["place.id"], name=op.f("fk_person_home_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("code", name=op.f("uq_person_code")),
        sqlite_strict=True,
    )


def add_the_edges_and_the_system() -> None:
    # The edges of the world, and who acts when a clock or a till does: every chain has them.
    op.execute(
        "insert into place (code, name_zh, name_en, kind, region, zone, may_go_below) values"
        " ('customer', '顾客', 'Customers', 'customer', '', 'UTC', 0),"
        " ('opening', '期初', 'Opening', 'opening', '', 'UTC', 0)"
    )
    op.execute("insert into person (code, name, role, language) values ('system', '系统', 'system', 'zh')")
