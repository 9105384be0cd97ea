"""What a night costs when everything is new, and when nothing is; and what `trend` takes over a long history."""

import pathlib
import shutil
import statistics
import subprocess
import sys

from compare import AS_OF, FORMS, HERE, THREADS, Run, engine, generate, machine, record, table, version

HISTORY = HERE.parent / "history.py"


def plan(cache: pathlib.Path, source: pathlib.Path, form: str) -> pathlib.Path:
    place = cache / f"night-{form}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    file = place / "nightly.yaml"
    file.write_text(
        f"thuocdo-plan: 1\nname: {form}\nas_of: {AS_OF}\nstate: state\nout: out\ndata: {source.parent}\n"
        f"limits: {{ threads: {THREADS} }}\ndatabases: [ {HERE / 'rules.yaml'} ]\n"
    )
    return file


def nights(binary: pathlib.Path, cache: pathlib.Path, rows: int, runs: int) -> None:
    generate(cache, rows, FORMS)
    lines = []
    for form in FORMS:
        source = table(cache, rows, form)
        file = plan(cache, source, form)
        command = [binary, "run", file, "--quiet"]
        scored = Run(engine(binary, HERE / "rules.yaml", source)).output
        walls = {}
        for name, more in (("everything is read", ["--fresh"]), ("nothing is new", [])):
            walls[name] = statistics.median(Run([*command, *more]).wall for _ in range(runs))
            if (file.parent / "out" / "scorecard.json").read_bytes() != scored:
                raise SystemExit(f"{form}: the night says something else than `score`")
        kept = sum(path.stat().st_size for path in (file.parent / "state" / "files").rglob("*") if path.is_file())
        full, known = walls.values()
        lines.append(f"| {form} | {full:.2f} | {known:.2f} | {known / full:.2f} | {kept / 1e6:,.0f} |")
    night = "\n".join(lines)
    walls = trends(binary, cache, runs)
    trend = "\n".join(f"| {name} | {wall * 1e3:.0f} |" for name, wall in walls.items())
    record(
        "nights",
        f"""## Nights

`thuocdo run` on {rows:,} rows with the 27 checks, 2 threads, start to exit, median seconds of {runs} runs; both leave the scorecard that
`score` makes, to the byte. {machine()}; {version(binary)}.

| file | everything is read | nothing is new | ratio | kept MB |
|---|---|---|---|---|
{night}

`thuocdo trend` over 10,000 runs of 60 rules, start to exit:

| shows | ms |
|---|---|
{trend}
""",
    )


def trends(binary: pathlib.Path, cache: pathlib.Path, runs: int) -> dict[str, float]:
    place = cache / "history"
    shutil.rmtree(place, ignore_errors=True)
    (place / "data").mkdir(parents=True)
    rules = place / "rules.yaml"
    rules.write_text("thuocdo: 1\ndatabase: d\ntables: { t: { files: t.csv, rules: [ { not_null: a }, { unique: [a] } ] } }\n")
    (place / "data" / "t.csv").write_text("a\n1\n2\n2\n")
    seed, long = place / "seed.sqlite", place / "long.sqlite"
    Run([binary, "score", rules, "--data", place / "data", "--as-of", AS_OF, "--history", seed, "--quiet"])
    subprocess.run([sys.executable, HISTORY, seed, long, "10000", "60"], check=True)
    trend = [binary, "trend", "--history", long]
    shown = {
        "a database, the last 20 runs and why": trend,
        "a rule": [*trend, "--rule", "t/rule-001"],
        "JSON of all runs": [*trend, "--format", "json"],
    }
    return {name: statistics.median(Run(command).wall for _ in range(runs)) for name, command in shown.items()}
