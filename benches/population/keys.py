"""Work over keys, more of them than a small memory can hold: thuocdo beside DuckDB under the same limit.

Called by compare.py; as a program of its own it is the query of one of the others:

    keys.py unique|reconcile duckdb|polars FOLDER MEMORY
"""

import importlib.metadata
import json
import pathlib
import statistics
import sys
import time

RULES = {
    "unique": """thuocdo: 1
database: keys
tables:
  t:
    files: keys.parquet
    rules:
      - { id: uniq_id, unique: [id] }
""",
    "reconcile": """thuocdo: 1
database: keys
tables:
  ours:
    files: ours.parquet
    rules:
      - id: r
        reconcile: { with: theirs, key: id, attributes: { name: name, unit: unit } }
  theirs:
    files: theirs.parquet
""",
}

TITLES = {
    "unique": "Uniqueness of {rows:,} keys of 12 digits in one column",
    "reconcile": "Two registers of {rows:,} rows each, by keys of 12 digits: keys of either that the other does not have, and where they "
    "differ in a name and a code",
}

ID = "lpad(((i::hugeint * 618033988749) % 1000000000000)::varchar, 12, '0')"
FAMILY = "['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Hoàng', 'Vũ', 'Đặng', 'Bùi']"
GIVEN = "['An', 'Bình', 'Châu', 'Dũng', 'Giang', 'Hạnh', 'Khánh', 'Linh', 'Minh', 'Ngọc']"


def generate(task: str, out: pathlib.Path, rows: int) -> None:
    import duckdb

    out.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute("set preserve_insertion_order = false")

    def write(name: str, select: str) -> None:
        new = out / f"{name}.new"
        connection.execute(f"copy ({select}) to '{new}' (format parquet, compression zstd)")
        new.rename(out / f"{name}.parquet")

    if task == "unique":
        # Keys in no order, all different but one in a million, of which all are one key.
        write(
            "keys",
            f"select case when i % 1000000 = 0 then '001099000001' else {ID} end as id from range({rows}) t(i)",
        )
        return

    def register(start: int, off_name: int, off_unit: int) -> str:
        # One in a thousand is in one register only; some of theirs have another name, or another code.
        def one_of(words: str, count: int, seed: str) -> str:
            return f"{words}[(1 + hash({seed}) % {count})::bigint]"

        name = " || ' ' || ".join([one_of(FAMILY, 8, "i"), one_of(GIVEN, 10, "i + 1"), one_of(GIVEN, 10, "i + 2")])
        changed = f"case when i % {off_name} = 1 then ' X' else '' end" if off_name else "''"
        unit = f"hash(i + 3) % 99999 + (case when i % {off_unit} = 1 then 1 else 0 end)" if off_unit else "hash(i + 3) % 99999"
        return (
            f"select {ID} as id, {name} || {changed} as name, lpad(({unit})::varchar, 5, '0') as unit"
            f" from range({start}, {start + rows}) t(i)"
        )

    write("ours", register(0, 0, 0))
    write("theirs", register(rows // 1000, 1009, 2003))


def by_duckdb(task: str, folder: str, memory: str) -> list[int]:
    import duckdb

    connection = duckdb.connect()
    connection.execute("set threads = 2")
    connection.execute("set preserve_insertion_order = false")
    connection.execute(f"set memory_limit = '{memory}'")
    connection.execute(f"set temp_directory = '{pathlib.Path(folder) / 'duckdb-temp'}'")
    if task == "unique":
        query = f"""select coalesce(sum(k), 0)::bigint from
            (select count(*) k from '{folder}/keys.parquet' where id is not null group by id having count(*) > 1)"""
    else:
        query = f"""select count(*) filter (t.id is null), count(*) filter (o.name <> t.name),
            count(*) filter (o.unit <> t.unit), count(*) filter (o.id is null)
            from '{folder}/ours.parquet' o full join '{folder}/theirs.parquet' t on o.id = t.id"""
    return list(connection.execute(query).fetchone())


def by_polars(task: str, folder: str, _memory: str) -> list[int]:
    import polars as pl

    if task == "unique":
        keys = pl.scan_parquet(f"{folder}/keys.parquet").filter(pl.col("id").is_not_null()).group_by("id").len()
        return [int(keys.filter(pl.col("len") > 1).select(pl.col("len").sum()).collect(engine="streaming").item())]
    ours, theirs = (pl.scan_parquet(f"{folder}/{name}.parquet") for name in ("ours", "theirs"))
    both = ours.join(theirs, on="id", how="full")
    counts = both.select(
        link=pl.col("id_right").is_null().sum(),
        name=(pl.col("name") != pl.col("name_right")).sum(),
        unit=(pl.col("unit") != pl.col("unit_right")).sum(),
        coverage=pl.col("id").is_null().sum(),
    )
    return list(counts.collect(engine="streaming").row(0))


def measure(binary: pathlib.Path, cache: pathlib.Path, rows: int, runs: int, memories: list[str]) -> None:
    from compare import machine, record, version

    tables = "\n\n".join(one_task(task, binary, cache, rows, runs, memories) for task in RULES)
    others = ", ".join(f"{name} {importlib.metadata.version(name.lower())}" for name in ("DuckDB", "Polars"))
    record("keys", f"## Keys beyond memory\n\n{machine()}; {version(binary)}, {others}.\n\n{tables}")


def one_task(task: str, binary: pathlib.Path, cache: pathlib.Path, rows: int, runs: int, memories: list[str]) -> str:
    from compare import THREADS, Run, engine

    folder = cache / f"{task}-{rows}"
    if not any(folder.glob("*.parquet")):
        generate(task, folder, rows)
    rules = cache / f"{task}.yaml"
    rules.write_text(RULES[task])
    lines = []
    for memory in memories:
        limits = ["--memory", memory, "--temp", folder]
        # The others have no limit of binary units; theirs is the larger one.
        theirs = f"{-(-int(memory.removesuffix('MiB')) * 2**20 // 10**6)}MB"
        commands = {
            "thuocdo": [*engine(binary, rules, next(folder.glob("*.parquet"))), *limits],
            "DuckDB": [sys.executable, __file__, task, "duckdb", folder, theirs],
        }
        if memory == memories[0] and task == "unique":
            # It knows no limit, and takes what it takes.
            commands["Polars, no limit"] = [sys.executable, __file__, task, "polars", folder, theirs]
        taken: dict[str, list[Run]] = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                run = Run(command, failing=(0, 1))
                taken[name].append(run)
        answers = {name: {answer(name, run) for run in taken[name]} for name in commands}
        known = {answer for all_answers in answers.values() for answer in all_answers if answer is not None}
        if len(known) != 1:
            raise SystemExit(f"answers differ: {answers}")
        ours = statistics.median(run.wall for run in taken["thuocdo"])
        for name, all_runs in taken.items():
            wall = statistics.median(run.wall for run in all_runs)
            peak = max(run.peak for run in all_runs) / 2**20
            # Of all cores together: what it takes on a machine that others use as well.
            processor = statistics.median(run.processor for run in all_runs)
            shown = f"{wall:.1f} | {wall / ours:.1f}" if None not in answers[name] else "fails | "
            lines.append(f"| {memory} | {name} | {shown} | {processor:.1f} | {peak:,.0f} |")
    size = sum(file.stat().st_size for file in folder.glob("*.parquet")) / 1e6
    often = "one run each" if runs == 1 else f"median of {runs} runs in turns"
    head = f"""{TITLES[task].format(rows=rows)} ({size:,.0f} MB of Parquet), {THREADS} threads, {often}, the
same answer from all.

| memory limit | program | wall s | times thuocdo's wall | processor s | peak MiB |
|---|---|---|---|---|---|
"""
    return head + "\n".join(lines)


def answer(name: str, run) -> tuple[int, ...] | None:
    if run.failed:
        return None
    found = json.loads(run.output)
    if name != "thuocdo":
        return tuple(found["fail"])
    return tuple(rule["fail"] for rule in found["databases"][0]["tables"][0]["rules"])


if __name__ == "__main__":
    began = time.perf_counter()
    found = {"duckdb": by_duckdb, "polars": by_polars}[sys.argv[2]](sys.argv[1], sys.argv[3], sys.argv[4])
    print(json.dumps({"seconds": time.perf_counter() - began, "fail": found}))
