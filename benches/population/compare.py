"""Measures `thuocdo` beside hand-written DuckDB and Polars on the population table.

    compare.py --cache DIR [--rows 5000000] [--runs 5]      all counts equal? then times and memory
    compare.py --cache DIR --growth                         thuocdo alone: more rows, more rules
    compare.py --cache DIR --kinds                          thuocdo alone: what each kind costs
    compare.py --cache DIR --gate                           thuocdo alone: a gate, from start to exit
    compare.py --cache DIR --nights                         thuocdo alone: nights with and without news, long histories
    compare.py --cache DIR --keys [--rows 100000000]        keys beyond memory: unique, reconciled; beside DuckDB

Run it through benches/run.sh, which builds the program and brings the other two. Results go to benches/RESULTS.md.
"""

import argparse
import importlib.metadata
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RESULTS = HERE.parent / "RESULTS.md"
AS_OF = "2026-11-21T00:00:00+07:00"
FORMS = ("parquet", "csv")
THREADS = "2"


def table(cache: pathlib.Path, rows: int, form: str) -> pathlib.Path:
    """The table's file, in a folder of its own because rule files name it by a pattern."""
    return cache / f"population-{rows}" / form / f"pop.{form}"


def generate(cache: pathlib.Path, rows: int, forms: tuple[str, ...]) -> None:
    missing = [form for form in forms if not table(cache, rows, form).exists()]
    if not missing:
        return
    # CSV is written from the Parquet file, so both hold the same rows.
    outs = [table(cache, rows, form) for form in dict.fromkeys(("parquet", *missing))]
    print(f"generating {rows:,} rows …", file=sys.stderr)
    command = [sys.executable, HERE / "generate.py", "--rows", str(rows)]
    subprocess.run([*command, *(part for out in outs for part in ("--out", out))], check=True)


class Run:
    """One finished process: its output, wall seconds and peak resident memory."""

    def __init__(self, command: list, failing: tuple[int, ...] = (0,)) -> None:
        began = time.perf_counter()
        process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, cwd=ROOT)
        self.output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        self.wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        self.processor = usage.ru_utime + usage.ru_stime
        self.peak = usage.ru_maxrss * 1024
        self.failed = process.returncode != 0
        if process.returncode not in failing:
            raise SystemExit(f"exit {process.returncode}: {' '.join(map(str, command))}")


def engine(binary: pathlib.Path, rules: pathlib.Path, source: pathlib.Path) -> list:
    options = ["--data", source.parent, "--format", "json", "--threads", THREADS, "--as-of", AS_OF, "--quiet"]
    return [binary, "score", rules, *options]


def commands(binary: pathlib.Path, source: pathlib.Path) -> dict[str, list]:
    return {
        "thuocdo": engine(binary, HERE / "rules.yaml", source),
        "DuckDB": [sys.executable, HERE / "duckdb_hand.py", source],
        "Polars": [sys.executable, HERE / "polars_hand.py", source],
    }


def fails(name: str, run: Run) -> dict[str, int]:
    answer = json.loads(run.output)
    if name != "thuocdo":
        return answer["fail"]
    tables = (table for database in answer["databases"] for table in database["tables"])
    # Declared types add three rules that the queries do not have: the readers of the other two are typed.
    return {rule["id"]: rule["fail"] for table in tables for rule in table["rules"] if ".type." not in rule["id"]}


def agree(counts: dict[str, dict[str, int]], where: str) -> None:
    """Times of programs that answer differently say nothing: stop, and show where they differ."""
    ids = sorted({rule for one in counts.values() for rule in one})
    differing = [rule for rule in ids if len({one.get(rule) for one in counts.values()}) > 1]
    if not differing:
        print(f"{where}: {len(ids)} counts agree", file=sys.stderr)
        return
    print(f"{where}: {len(differing)} of {len(ids)} counts differ", file=sys.stderr)
    print(f"{'rule':14}" + "".join(f"{name:>14}" for name in counts), file=sys.stderr)
    for rule in differing:
        print(f"{rule:14}" + "".join(f"{one.get(rule, 'absent'):>14}" for one in counts.values()), file=sys.stderr)
    raise SystemExit(1)


def version(binary: pathlib.Path) -> str:
    return Run([binary, "--version"]).output.decode().strip()


def machine() -> str:
    cpu = "unknown processor"
    try:
        models = re.findall(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        cpu = models[0] if models else platform.machine()
    except OSError:
        pass
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release().split('-')[0]}"


def record(section: str, text: str) -> None:
    """Replaces a section of RESULTS.md between its markers, or appends it."""
    begin, end = f"<!-- {section}:begin -->", f"<!-- {section}:end -->"
    block = f"{begin}\n{text.strip()}\n{end}"
    old = RESULTS.read_text() if RESULTS.exists() else "# Benchmark results\n\nHow they are made: README.md beside this file.\n"
    if begin in old:
        new = old[: old.index(begin)] + block + old[old.index(end) + len(end) :]
    else:
        new = old.rstrip() + "\n\n" + block + "\n"
    RESULTS.write_text(new)
    print(text)


def compare(binary: pathlib.Path, cache: pathlib.Path, rows: int, runs: int) -> None:
    generate(cache, rows, FORMS)
    # The first run of each warms the page cache and is compared, not timed.
    for form in FORMS:
        source = table(cache, rows, form)
        agree({name: fails(name, Run(command)) for name, command in commands(binary, source).items()}, form)
    lines = []
    for form in FORMS:
        source = table(cache, rows, form)
        taken: dict[str, list[Run]] = {name: [] for name in commands(binary, source)}
        for _ in range(runs):
            for name, command in commands(binary, source).items():
                taken[name].append(Run(command))
        ours = statistics.median(run.wall for run in taken["thuocdo"])
        for name, all_runs in taken.items():
            walls = [run.wall for run in all_runs]
            wall = statistics.median(walls)
            query, factor = "", "1"
            if name != "thuocdo":
                inside = statistics.median(json.loads(run.output)["seconds"] for run in all_runs)
                query, factor = f"{inside:.2f}", f"{inside / ours:.1f}"
            peak = max(run.peak for run in all_runs) / 1e6
            lines.append(
                f"| {form} | {name} | {wall:.2f} | {min(walls):.2f}–{max(walls):.2f} | {query} | {factor} | {peak:,.0f} |"
            )
    versions = ", ".join(
        [version(binary), *(f"{name} {importlib.metadata.version(name.lower())}" for name in ("DuckDB", "Polars"))]
    )
    sizes = ", ".join(f"{table(cache, rows, form).stat().st_size / 1e6:,.0f} MB {form}" for form in FORMS)
    head = f"""## The same 27 checks, three ways

{rows:,} rows × 13 columns ({sizes}), 2 threads, {runs} interleaved runs each after one warm-up, all 27 counts equal.
{machine()}; {versions}; Python {platform.python_version()}.

| file | program | wall s, median | range | of which query s | times thuocdo's wall | peak MB |
|---|---|---|---|---|---|---|
"""
    foot = (
        "\n\n“Query” leaves out the start of Python; the factor compares it with the whole of thuocdo's run, start and scorecard included."
    )
    record("compare", head + "\n".join(lines) + foot)


def more_rules(count: int) -> str:
    """rules.yaml with 5, 27 or more rules. What is added has its own patterns and bounds: no two rules are equal."""
    lines = (HERE / "rules.yaml").read_text().splitlines()
    start = lines.index("    rules:") + 1
    head, rules = lines[:start], [line for line in lines[start:] if line.strip()]
    if count < len(rules):
        wanted = ("nn_id", "re_id", "in_sex", "rg_dob", "uniq_id")[:count]
        rules = [line for line in rules if re.search(r"id: (\w+)", line)[1] in wanted]
    for extra in range(count - len(rules)):
        round_, k = divmod(extra, 5)
        rules.append(
            "      - "
            + (
                f"{{ id: more_{extra}, matches: {{ column: so_dinh_danh, regex: '0[0-9]{{11}}|{round_:03}[0-9]{{6}}' }} }}",
                f"{{ id: more_{extra}, in_range: {{ column: ngay_sinh, min: {1901 + round_}-01-01, max: 2026-11-21 }} }}",
                f"{{ id: more_{extra}, in_range: {{ column: thu_nhap, min: {round_}, max: {10**9 - round_} }} }}",
                f"{{ id: more_{extra}, length: {{ column: dia_chi, min: {5 + round_}, max: {60 + round_} }} }}",
                f"{{ id: more_{extra}, matches: {{ column: ho_ten, regex: '[^0-9]{{{2 + round_},60}}' }} }}",
            )[k]
        )
    return "\n".join([*head, *rules, ""])


def growth(binary: pathlib.Path, cache: pathlib.Path, runs: int) -> None:
    rules = {}
    for count in (5, 27, 100):
        rules[count] = cache / f"rules-{count}.yaml"
        rules[count].write_text(more_rules(count))
    lines = []
    for form in FORMS:
        for rows in (1_000_000, 2_000_000, 5_000_000, 10_000_000):
            generate(cache, rows, (form,))
            source = table(cache, rows, form)
            Run(engine(binary, rules[5], source))
            cells = []
            for count in rules:
                taken = [Run(engine(binary, rules[count], source)) for _ in range(runs)]
                wall = statistics.median(run.wall for run in taken)
                cells.append(f"{wall:.2f} s, {max(run.peak for run in taken) / 1e6:,.0f} MB")
            lines.append(f"| {form} | {rows:,} | " + " | ".join(cells) + " |")
    head = f"""## Growth

`thuocdo` alone: median wall seconds and peak memory, 2 threads, {runs} runs each. {machine()}; {version(binary)}.

| file | rows | 5 rules | 27 rules | 100 rules |
|---|---|---|---|---|
"""
    record("growth", head + "\n".join(lines))


def rule_lines() -> tuple[list[str], list[str]]:
    """kinds.yaml: what stands before its rules, and the rules."""
    lines = (HERE / "kinds.yaml").read_text().splitlines()
    start = lines.index("    rules:") + 1
    return lines[:start], [line for line in lines[start:] if line.strip()]


def kinds(binary: pathlib.Path, cache: pathlib.Path, rows: int, runs: int) -> None:
    """What a rule of each kind costs by itself, and what 10 and 100 mixed rules cost together."""
    generate(cache, rows, ("parquet",))
    source = table(cache, rows, "parquet")
    head, rules = rule_lines()

    def wall(name: str, chosen: list[str]) -> float:
        path = cache / f"kinds-{name}.yaml"
        path.write_text("\n".join([*head, *chosen, ""]))
        taken = [Run(engine(binary, path, source)) for _ in range(runs)]
        return min(run.wall for run in taken)

    wall("warm-up", rules[:1])
    # Declared types add rules of their own, so the ground is the file with row_count alone.
    ground = wall("ground", rules[:1])
    lines = []
    for rule in rules[1:]:
        name = re.search(r"id: ([^,]+)", rule)[1]
        lines.append(f"| {name} | {max(wall(name, [rules[0], rule]) - ground, 0) * 1e9 * int(THREADS) / rows:,.0f} |")
    # A hundred rules: every kind again and again under other ids, each with its own `when`, so that none is shared whole.
    again = [
        re.sub(r"id: ([^,]+)", rf"id: \1-{round_}", line)[:-2] + f", when: \"ma_tinh <> '{round_:02}'\" }}"
        for round_ in range(1, 4)
        for line in rules
    ]
    hundred = (rules + again)[:100]
    ten, all_ = wall("ten", hundred[3:13]), wall("hundred", hundred)
    text = f"""## Each kind by itself

{rows:,} rows of Parquet, 2 threads, the best of {runs} runs: nanoseconds of a core that one rule adds per row, with reading its columns.
{machine()}; {version(binary)}.

| rule | ns per row |
|---|---|
""" + "\n".join(lines)
    text += f"\n\nTen rules of mixed kinds take {ten:.2f} s, a hundred {all_:.2f} s: {all_ / ten:.1f} times as long."
    record("kinds", text)


def gate(binary: pathlib.Path, cache: pathlib.Path, runs: int) -> None:
    """What a pipeline waits for: the program starts, reads rules, data and baseline, and writes its reports."""
    lines = []
    for rows in (100_000, 1_000_000):
        generate(cache, rows, ("parquet",))
        source = table(cache, rows, "parquet")
        baseline = cache / f"baseline-{rows}.json"
        for old in (baseline, pathlib.Path(f"{baseline}.key")):
            old.unlink(missing_ok=True)
        plain = [binary, "gate", HERE / "rules.yaml", "--data", source.parent, "--threads", THREADS, "--as-of", AS_OF]
        plain += ["--quiet", "--format", "line", "--junit", cache / "junit.xml"]
        compared = [*plain, "--baseline", baseline]
        subprocess.run([*map(str, compared), "--update-baseline"], stdout=subprocess.PIPE, check=False)
        for name, command in (("limits", plain), ("limits and baseline", compared)):
            cells = []
            for cold in (False, True):
                taken = []
                for _ in range(runs):
                    if cold:
                        for path in (binary, HERE / "rules.yaml", source, baseline):
                            forget(path)
                    taken.append(Run(command, failing=(0, 1)))
                walls = [run.wall * 1e3 for run in taken]
                cells += [f"{statistics.median(walls):.0f}", f"{max(run.peak for run in taken) / 1e6:,.0f}"]
            lines.append(f"| {rows:,} | {name} | {cells[0]} | {cells[2]} | {cells[1]} |")
    head = f"""## A gate, from start to exit

`thuocdo gate` on Parquet with the 27 checks, JUnit written: median milliseconds of {runs} runs, 2 threads; cold: program, rules, data
and baseline are read from the disk again. {machine()}; {version(binary)}.

| rows | looks at | warm ms | cold ms | peak MB |
|---|---|---|---|---|
"""
    record("gate", head + "\n".join(lines))


def forget(path: pathlib.Path) -> None:
    """Drops a file from the page cache."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--cache", type=pathlib.Path, required=True, help="where generated tables are kept")
    arguments.add_argument("--rows", type=int, default=5_000_000)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--binary", type=pathlib.Path, default=ROOT / "target" / "release" / "thuocdo")
    arguments.add_argument("--growth", action="store_true")
    arguments.add_argument("--kinds", action="store_true")
    arguments.add_argument("--gate", action="store_true")
    arguments.add_argument("--nights", action="store_true")
    arguments.add_argument("--keys", action="store_true")
    arguments.add_argument("--memory", nargs="+", default=["2048MiB", "512MiB"], help="limits for --keys, in MiB")
    asked = arguments.parse_args()
    cache, binary = asked.cache.resolve(), asked.binary.resolve()
    cache.mkdir(parents=True, exist_ok=True)
    if asked.kinds:
        kinds(binary, cache, asked.rows, asked.runs)
    elif asked.gate:
        gate(binary, cache, asked.runs)
    elif asked.nights:
        from nights import nights

        nights(binary, cache, asked.rows, asked.runs)
    elif asked.keys:
        from keys import measure

        measure(binary, cache, asked.rows if asked.rows != 5_000_000 else 100_000_000, asked.runs, asked.memory)
    elif asked.growth:
        growth(binary, cache, asked.runs)
    else:
        compare(binary, cache, asked.rows, asked.runs)


if __name__ == "__main__":
    main()
