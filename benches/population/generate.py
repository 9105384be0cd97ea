"""Writes the benchmark table: persons of a national population register, made up, seeded.

    generate.py --rows 5000000 --seed 42 --out DIR/pop.parquet [--out DIR/pop.csv]

Every check of rules.yaml whose failing is possible has failing rows. The ending of a name says its form (.parquet,
.csv); several outputs hold the same rows. The same rows, seed and DuckDB version give the same table.
"""

import argparse
import os
import pathlib

import duckdb

FAMILY = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý".split()
MIDDLE = "Văn Thị Minh Hữu Đức Ngọc Quang Thanh Hoài Xuân Thu Kim Bảo Gia".split()
GIVEN = (
    "An Bình Châu Dũng Đạt Giang Hà Hải Hạnh Hiếu Hoa Hùng Hương Khánh Lan Linh Long Mai Nam Nga Ngân Nhung Phong "
    "Phúc Quân Sơn Thảo Trang Tuấn Vy"
).split()


def people(rows: int) -> str:
    """The table as a query. r1 … r6 are uniform draws in [0, 1)."""
    return f"""
with draw as (
  select i, (random() * 95)::int + 1 as province, random() < 0.5 as male,
         date '1935-01-01' + (random() * 32800)::int as born,
         random() r1, random() r2, random() r3, random() r4, random() r5, random() r6
  from range({rows}) t(i))
select
  case when r1 < 0.001 then null
       when r1 < 0.002 then lpad((r2 * 1e9)::bigint::varchar, 9, '0')
       when r1 < 0.0021 then '001099000001'
       else lpad(province::varchar, 3, '0')
         || ((case when year(born) >= 2000 then 2 else 0 end) + (case when male then 0 else 1 end))::varchar
         || lpad((year(born) % 100)::varchar, 2, '0') || lpad((i % 1000000)::varchar, 6, '0')
  end as so_dinh_danh,
  ({FAMILY}::varchar[])[1 + (r1 * 16)::int % 16] || ' ' || ({MIDDLE}::varchar[])[1 + (r2 * 14)::int % 14]
    || case when r3 < 0.004 then '  ' else ' ' end || ({GIVEN}::varchar[])[1 + (r4 * 30)::int % 30]
    || case when r4 < 0.0005 then '2' when r4 < 0.001 then ' Hoà' else '' end as ho_ten,
  case when r5 < 0.003 then null when r5 < 0.004 then 'M' when male then 'Nam' else 'Nữ' end as gioi_tinh,
  case when r6 < 0.002 then null when r6 < 0.0025 then date '1800-01-01' when r6 < 0.003 then date '2030-01-01'
       else born end as ngay_sinh,
  case when r2 < 0.15 then null when r2 < 0.16 then '0123'
       else '09' || lpad((r3 * 1e8)::bigint::varchar, 8, '0') end as so_dien_thoai,
  case when r3 < 0.7 then null when r3 < 0.705 then 'abc@' else 'user' || i || '@example.vn' end as email,
  lpad((1 + (r4 * 96)::int)::varchar, 2, '0') as ma_tinh,
  case when r5 > 0.9995 then '1234' else lpad((r5 * 32000)::int::varchar, 5, '0') end as ma_xa,
  'Số ' || (r6 * 300)::int || case when r2 < 0.003 then '  đường ' else ' đường ' end
    || ({GIVEN}::varchar[])[1 + (r5 * 30)::int % 30] || ', thôn ' || (r2 * 20)::int as dia_chi,
  case when r4 < 0.2 then null else lpad((r4 * 1e10)::bigint::varchar, 10, '0') end as so_bhxh,
  timestamp '2026-11-20 00:00:00' - to_seconds((r1 * r1 * 4e7)::int) as ngay_cap_nhat,
  case when r6 > 0.9993 then '9' else ((r6 * 5)::int)::varchar end as tinh_trang,
  case when r1 > 0.9995 then -1 else (r1 * 1e9)::bigint end as thu_nhap
from draw"""


def write(connection, query: str, out: pathlib.Path) -> None:
    """Writes beside and renames, so that an interrupted run leaves no half table."""
    forms = {".parquet": "format parquet, compression snappy", ".csv": "format csv, header true"}
    if out.suffix not in forms:
        raise SystemExit(f"{out}: the name must end in .parquet or .csv")
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = out.with_name(f".{out.name}.part")
    connection.execute(f"copy ({query}) to '{beside}' ({forms[out.suffix]})")
    os.replace(beside, out)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, required=True)
    arguments.add_argument("--seed", type=int, default=42)
    arguments.add_argument("--out", type=pathlib.Path, action="append", required=True)
    asked = arguments.parse_args()
    connection = duckdb.connect()
    # One thread: with more, which thread draws which row would decide the table.
    connection.execute("set threads = 1")
    connection.execute(f"select setseed({asked.seed / 100 % 1})")
    first, *others = asked.out
    write(connection, people(asked.rows), first)
    for other in others:
        types = "" if first.suffix == ".parquet" else ", all_varchar = true"
        source = f"'{first}'" if first.suffix == ".parquet" else f"read_csv('{first}', header = true{types})"
        write(connection, f"select * from {source}", other)


if __name__ == "__main__":
    main()
