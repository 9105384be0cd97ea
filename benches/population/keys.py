"""Uniqueness of a column of 12-digit keys, more than a small memory can hold: thuocdo beside DuckDB under the same limit.

Called by compare.py; as a program of its own it is the query of one of the others:

    keys.py duckdb|polars FILE MEMORY
"""

import json
import pathlib
import statistics
import sys
import time

RULES = """thuocdo: 1
database: keys
tables:
  t:
    files: keys.parquet
    rules:
      - { id: uniq_id, unique: [id] }
"""


def generate(out: pathlib.Path, rows: int) -> None:
    """Keys in no order, all different but one in a million, of which all are one key."""
    import duckdb

    out.parent.mkdir(parents=True, exist_ok=True)
    new = out.with_suffix(".new")
    connection = duckdb.connect()
    connection.execute("set preserve_insertion_order = false")
    connection.execute(
        f"""copy (select case when i % 1000000 = 0 then '001099000001'
                 else lpad(((i::hugeint * 618033988749) % 1000000000000)::varchar, 12, '0') end as id
            from range({rows}) t(i)) to '{new}' (format parquet, compression zstd)"""
    )
    new.rename(out)


UNIQUE = "select coalesce(sum(k), 0)::bigint from (select count(*) k from '{source}' where id is not null group by id having count(*) > 1)"


def by_duckdb(source: str, memory: str) -> int:
    import duckdb

    connection = duckdb.connect()
    connection.execute("set threads = 2")
    connection.execute("set preserve_insertion_order = false")
    connection.execute(f"set memory_limit = '{memory}'")
    connection.execute(f"set temp_directory = '{pathlib.Path(source).parent / 'duckdb-temp'}'")
    return int(connection.execute(UNIQUE.format(source=source)).fetchone()[0])


def by_polars(source: str, _memory: str) -> int:
    import polars as pl

    keys = pl.scan_parquet(source).filter(pl.col("id").is_not_null()).group_by("id").len()
    return int(keys.filter(pl.col("len") > 1).select(pl.col("len").sum()).collect(engine="streaming").item())


def measure(binary: pathlib.Path, cache: pathlib.Path, rows: int, runs: int, memories: list[str]) -> None:
    from compare import THREADS, Run, engine, machine, record, version

    source = cache / f"keys-{rows}" / "keys.parquet"
    if not source.exists():
        generate(source, rows)
    rules = cache / "keys.yaml"
    rules.write_text(RULES)
    lines = []
    for memory in memories:
        limits = ["--memory", memory, "--temp", source.parent]
        # The others have no limit of binary units; theirs is the larger one.
        theirs = f"{-(-int(memory.removesuffix('MiB')) * 2**20 // 10**6)}MB"
        commands = {
            "thuocdo": [*engine(binary, rules, source), *limits],
            "DuckDB": [sys.executable, __file__, "duckdb", source, theirs],
        }
        if memory == memories[0]:
            # It knows no limit, and takes what it takes.
            commands["Polars, no limit"] = [sys.executable, __file__, "polars", source, theirs]
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
    record(
        "keys",
        f"""## Keys beyond memory

Uniqueness of {rows:,} keys of 12 digits in one column ({source.stat().st_size / 1e6:,.0f} MB of Parquet), {THREADS} threads, median of {runs} runs in turns, the
same answer from all. {machine()}; {version(binary)}.

| memory limit | program | wall s | times thuocdo's wall | processor s | peak MiB |
|---|---|---|---|---|---|
"""
        + "\n".join(lines),
    )


def answer(name: str, run) -> int | None:
    if run.failed:
        return None
    found = json.loads(run.output)
    return found["fail"] if name != "thuocdo" else found["databases"][0]["tables"][0]["rules"][0]["fail"]


if __name__ == "__main__":
    began = time.perf_counter()
    found = {"duckdb": by_duckdb, "polars": by_polars}[sys.argv[1]](sys.argv[2], sys.argv[3])
    print(json.dumps({"seconds": time.perf_counter() - began, "fail": found}))
