"""The checks of rules.yaml, written by hand for DuckDB: duckdb_hand.py TABLE → {"seconds": …, "fail": {id: count}}.

Two queries: all row checks in one pass, uniqueness as a group-by. A CSV is read once into a table with its codes as
text, because parsing it for each of the two queries is slower.
"""

import json
import sys
import time

import duckdb

TEXT = "so_dinh_danh ho_ten gioi_tinh so_dien_thoai email ma_tinh ma_xa dia_chi so_bhxh tinh_trang".split()


def absent(column: str) -> str:
    return f"count(*) - count({column})"


def breaks(condition: str) -> str:
    """Rows where the condition is false; a null operand makes it unknown, which does not count."""
    return f"count(*) filter (not ({condition}))"


def clean(column: str) -> str:
    return breaks(f"{column} = trim({column}) and not contains({column}, '  ') and {column} = nfc_normalize({column})")


CHECKS = {
    "nn_id": absent("so_dinh_danh"),
    "nn_name": absent("ho_ten"),
    "nn_sex": absent("gioi_tinh"),
    "nn_dob": absent("ngay_sinh"),
    "nn_phone": absent("so_dien_thoai"),
    "nn_prov": absent("ma_tinh"),
    "nn_addr": absent("dia_chi"),
    "nn_upd": absent("ngay_cap_nhat"),
    "re_id": breaks("regexp_full_match(so_dinh_danh, '0[0-9]{2}[0-9][0-9]{8}')"),
    "re_phone": breaks("regexp_full_match(so_dien_thoai, '0(3|5|7|8|9)[0-9]{8}')"),
    "re_email": breaks(r"regexp_full_match(email, '[^@ ]+@[^@ ]+\.[a-z]+')"),
    "re_bhxh": breaks("regexp_full_match(so_bhxh, '[0-9]{10}')"),
    "re_prov": breaks("regexp_full_match(ma_tinh, '0[1-9]|[1-8][0-9]|9[0-6]')"),
    "re_name": breaks("not regexp_matches(ho_ten, '[0-9]')"),
    "in_sex": breaks("gioi_tinh in ('Nam', 'Nữ', 'Khác')"),
    "in_status": breaks("tinh_trang in ('0', '1', '2', '3', '4', '5')"),
    "rg_dob": breaks("ngay_sinh between date '1900-01-01' and date '2026-11-21'"),
    "rg_income": breaks("thu_nhap >= 0"),
    "rg_upd": breaks("ngay_cap_nhat >= timestamp '2025-11-21'"),
    "len_commune": breaks("length(ma_xa) = 5"),
    "clean_name": clean("ho_ten"),
    "clean_addr": clean("dia_chi"),
    "x_yy": breaks("substr(so_dinh_danh, 5, 2) = lpad((year(ngay_sinh) % 100)::varchar, 2, '0')"),
    "x_sex": breaks("(substr(so_dinh_danh, 4, 1) in ('0', '2', '4', '6', '8')) = (gioi_tinh = 'Nam')"),
    "avg_income": "(not coalesce(avg(thu_nhap) between 0 and 1000000000, false))::int",
    "rows": "(count(*) < 1000)::int",
}
UNIQUE = """select coalesce(sum(k), 0)::bigint from (
  select count(*) k from {table} where so_dinh_danh is not null group by so_dinh_danh having count(*) > 1)"""


def main() -> None:
    source = sys.argv[1]
    began = time.perf_counter()
    connection = duckdb.connect()
    connection.execute("set threads = 2")
    connection.execute("set preserve_insertion_order = false")
    table = f"'{source}'"
    if source.endswith(".csv"):
        types = {column: "VARCHAR" for column in TEXT}
        types |= {"ngay_sinh": "DATE", "ngay_cap_nhat": "TIMESTAMP", "thu_nhap": "BIGINT"}
        connection.execute(f"create temp table pop as from read_csv('{source}', header = true, types = {types})")
        table = "pop"
    listed = ", ".join(f"{count} as {name}" for name, count in CHECKS.items())
    counts = connection.execute(f"select {listed} from {table}").fetchone()
    fail = dict(zip(CHECKS, map(int, counts)))
    fail["uniq_id"] = int(connection.execute(UNIQUE.format(table=table)).fetchone()[0])
    print(json.dumps({"seconds": time.perf_counter() - began, "fail": fail}))


if __name__ == "__main__":
    main()
