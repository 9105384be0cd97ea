"""The checks of rules.yaml, written by hand for Polars: polars_hand.py TABLE → {"seconds": …, "fail": {id: count}}.

Lazy, streaming: all row checks in one pass, uniqueness as a group-by. `collect_all` lets the two share a scan.
"""

import json
import os
import sys
import time

os.environ["POLARS_MAX_THREADS"] = "2"

import polars as pl  # noqa: E402
from datetime import date, datetime  # noqa: E402
from polars import col  # noqa: E402

TEXT = "so_dinh_danh ho_ten gioi_tinh so_dien_thoai email ma_tinh ma_xa dia_chi so_bhxh tinh_trang".split()


def absent(column: str) -> pl.Expr:
    return col(column).null_count()


def breaks(condition: pl.Expr) -> pl.Expr:
    """Rows where the condition is false; a null operand makes it unknown, which does not count."""
    return (~condition).sum()


def clean(column: str) -> pl.Expr:
    text = col(column)
    return breaks(
        (text == text.str.strip_chars()) & ~text.str.contains("  ", literal=True) & (text == text.str.normalize("NFC"))
    )


CHECKS = {
    "nn_id": absent("so_dinh_danh"),
    "nn_name": absent("ho_ten"),
    "nn_sex": absent("gioi_tinh"),
    "nn_dob": absent("ngay_sinh"),
    "nn_phone": absent("so_dien_thoai"),
    "nn_prov": absent("ma_tinh"),
    "nn_addr": absent("dia_chi"),
    "nn_upd": absent("ngay_cap_nhat"),
    "re_id": breaks(col.so_dinh_danh.str.contains(r"^0[0-9]{2}[0-9][0-9]{8}$")),
    "re_phone": breaks(col.so_dien_thoai.str.contains(r"^0(3|5|7|8|9)[0-9]{8}$")),
    "re_email": breaks(col.email.str.contains(r"^[^@ ]+@[^@ ]+\.[a-z]+$")),
    "re_bhxh": breaks(col.so_bhxh.str.contains(r"^[0-9]{10}$")),
    "re_prov": breaks(col.ma_tinh.str.contains(r"^(0[1-9]|[1-8][0-9]|9[0-6])$")),
    "re_name": breaks(~col.ho_ten.str.contains("[0-9]")),
    "in_sex": breaks(col.gioi_tinh.is_in(["Nam", "Nữ", "Khác"])),
    "in_status": breaks(col.tinh_trang.is_in(list("012345"))),
    "rg_dob": breaks(col.ngay_sinh.is_between(date(1900, 1, 1), date(2026, 11, 21))),
    "rg_income": breaks(col.thu_nhap >= 0),
    "rg_upd": breaks(col.ngay_cap_nhat >= datetime(2025, 11, 21)),
    "len_commune": breaks(col.ma_xa.str.len_chars() == 5),
    "clean_name": clean("ho_ten"),
    "clean_addr": clean("dia_chi"),
    "x_yy": breaks(col.so_dinh_danh.str.slice(4, 2) == (col.ngay_sinh.dt.year() % 100).cast(pl.String).str.zfill(2)),
    "x_sex": breaks(col.so_dinh_danh.str.slice(3, 1).is_in(list("02468")) == (col.gioi_tinh == "Nam")),
    "avg_income": (~col.thu_nhap.mean().is_between(0, 1_000_000_000)).fill_null(True),
    "rows": pl.len() < 1000,
}


def main() -> None:
    source = sys.argv[1]
    began = time.perf_counter()
    if source.endswith(".csv"):
        types = {column: pl.String for column in TEXT}
        types |= {"thu_nhap": pl.Int64}
        table = pl.scan_csv(source, schema_overrides=types, try_parse_dates=True)
    else:
        table = pl.scan_parquet(source)
    rows = table.select(**CHECKS)
    keys = table.filter(col.so_dinh_danh.is_not_null()).group_by("so_dinh_danh").len()
    unique = keys.filter(pl.col("len") > 1).select(pl.col("len").sum())
    rows, unique = pl.collect_all([rows, unique], engine="streaming")
    fail = {name: int(count) for name, count in rows.row(0, named=True).items()}
    fail["uniq_id"] = int(unique.item())
    print(json.dumps({"seconds": time.perf_counter() - began, "fail": fail}))


if __name__ == "__main__":
    main()
