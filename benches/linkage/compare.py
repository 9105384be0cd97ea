"""Known duplicates: what thuocdo, SQL by hand in DuckDB, and two libraries of record linkage find of them, and how long they take.

    python compare.py --thuocdo target/release/thuocdo [--rounds 3]

Sets: Febrl's data set 1 (fixtures/febrl: 1,000 rows, 500 pairs), and Vietnamese persons of `thuocdo generate` of which a tenth was written
a second time by variants.py. A pair counts as found if both rows are in one cluster. All see the
same columns and bring rows together by the same ones: name, date of birth, numbers. How they compare, and from when on it is a match, is what each of
them offers by default, with the thresholds of its documentation.
"""
import argparse
import csv
import itertools
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict

import duckdb
import pandas as pd

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent


class Set:
    """A labelled set: its rows as a data frame, and whose record a key names."""

    def __init__(self, name, frame, person, rules, columns, data):
        self.name, self.frame, self.person, self.rules, self.columns, self.data = name, frame, person, rules, columns, data
        people = defaultdict(int)
        for key in frame[columns["key"]]:
            people[person(key)] += 1
        self.pairs = sum(count * (count - 1) // 2 for count in people.values())


def counted(known, clusters):
    right = wrong = 0
    for cluster in clusters:
        for one, other in itertools.combinations(cluster, 2):
            if known.person(one) == known.person(other):
                right += 1
            else:
                wrong += 1
    return right, wrong


def clusters_of(pairs):
    parents = {}

    def root(key):
        parents.setdefault(key, key)
        while parents[key] != key:
            parents[key] = parents[parents[key]]
            key = parents[key]
        return key

    for one, other in pairs:
        parents[root(one)] = root(other)
    found = defaultdict(list)
    for key in list(parents):
        found[root(key)].append(key)
    return found.values()


def by_thuocdo(known, program):
    with tempfile.TemporaryDirectory() as out:
        subprocess.run([program, "score", known.rules, "--data", known.data, "--violations", out, "--reveal", "--quiet", "--threads", "2"],
                       check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        path = next(pathlib.Path(out).glob("*/*.csv"))
        found = defaultdict(list)
        key = "key." + known.columns["key"]
        for row in csv.DictReader(open(path, encoding="utf-8-sig", newline="")):
            if row["cluster.nghi"]:
                found[row["cluster.nghi"]].append(row[key])
        return found.values()


def by_sql(known):
    """What one writes by hand: Jaro–Winkler of names without marks, the date, Jaro–Winkler of the address."""
    c = known.columns
    names = " || ' ' || ".join(f"coalesce({name}, '')" for name in c["names"])
    numbers = "[" + ", ".join(c["numbers"]) + "]"
    db = duckdb.connect()
    db.execute("SET threads = 2")
    frame = known.frame  # noqa: F841, DuckDB finds it by its name
    db.execute(f"""
        CREATE TABLE t AS SELECT {c['key']} AS key, strip_accents(lower({names})) AS name, {c['date']} AS born,
               {numbers} AS numbers, substr({c['date']}, 1, 4) AS year, strip_accents(lower({c['address']})) AS address FROM frame""")
    pairs = db.execute("""
        SELECT DISTINCT a.key, b.key FROM t a JOIN t b
        ON a.key < b.key AND (a.born = b.born OR (a.year = b.year AND a.name = b.name) OR a.numbers[1] = b.numbers[1])
        WHERE (3 * jaro_winkler_similarity(a.name, b.name)
               + 2 * CASE WHEN a.born = b.born THEN 1 ELSE jaro_winkler_similarity(a.born, b.born) END
               + coalesce(jaro_winkler_similarity(a.address, b.address), 0.5)
               + 2 * CASE WHEN a.numbers[1] = b.numbers[1] THEN 1 WHEN a.numbers[1] IS NULL OR b.numbers[1] IS NULL THEN 0.5 ELSE 0 END) / 8 >= 0.75""").fetchall()
    return clusters_of(pairs)


def by_recordlinkage(known):
    """As its tutorial on data deduplication: Jaro–Winkler at 0.85, exact dates, more than half of the comparisons agree."""
    import recordlinkage

    c = known.columns
    frame = known.frame.set_index(c["key"])
    indexer = recordlinkage.Index()
    indexer.block(c["date"])
    for column in [c["names"][0], *c["numbers"]]:
        indexer.block(column)
    candidates = indexer.index(frame)
    compare = recordlinkage.Compare()
    for name in c["names"]:
        compare.string(name, name, method="jarowinkler", threshold=0.85)
    compare.exact(c["date"], c["date"])
    compare.string(c["address"], c["address"], method="levenshtein", threshold=0.85)
    for number in c["numbers"]:
        compare.exact(number, number)
    features = compare.compute(candidates, frame)
    return clusters_of(features[features.sum(axis=1) > features.shape[1] / 2].index)


def by_splink(known):
    """As its example of deduplication: comparisons of its library, trained without labels, matches from 0.9 on."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    c = known.columns
    frame = known.frame.rename(columns={c["key"]: "unique_id"})
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[*[cl.NameComparison(name) for name in c["names"]],
                     cl.LevenshteinAtThresholds(c["date"], [1, 2]),
                     cl.JaroWinklerAtThresholds(c["address"], [0.9, 0.7]),
                     *[cl.DamerauLevenshteinAtThresholds(number, [1, 2]) for number in c["numbers"]]],
        blocking_rules_to_generate_predictions=[block_on(column) for column in [c["date"], c["names"][0], *c["numbers"]]],
    )
    api = DuckDBAPI()
    linker = Linker(api.register(frame) if hasattr(api, "register") else frame, settings, **({} if hasattr(api, "register") else {"db_api": api}))
    training = linker.training
    training.estimate_probability_two_random_records_match([block_on(c["date"], c["names"][0])], recall=0.6)
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    training.estimate_parameters_using_expectation_maximisation(block_on(c["date"]))
    training.estimate_parameters_using_expectation_maximisation(block_on(c["names"][0]))
    pairs = linker.inference.predict(threshold_match_probability=0.9).as_pandas_dataframe()
    return clusters_of(zip(pairs["unique_id_l"], pairs["unique_id_r"]))


def sets(program, folder):
    data = folder / "febrl"
    data.mkdir()
    shutil.copy(ROOT / "fixtures/febrl/dataset1.csv", data)
    frame = pd.read_csv(data / "dataset1.csv", dtype=str, skipinitialspace=True).replace("", None)
    yield Set("Febrl 1", frame, lambda key: key.split("-")[1], HERE / "febrl.yaml",
              {"key": "rec_id", "names": ["given_name", "surname"], "date": "date_of_birth", "address": "address_1",
               "numbers": ["soc_sec_id", "postcode"]}, data)
    made, data = folder / "made", folder / "vn"
    data.mkdir()
    subprocess.run([program, "generate", HERE / "persons.yaml", "--rows", "20000", "--seed", "7", "--out", made, "--quiet"], check=True)
    subprocess.run([sys.executable, HERE / "variants.py", made / "persons/nguoi.csv", data / "nguoi.csv", "0.1", "3"], check=True)
    frame = pd.read_csv(data / "nguoi.csv", dtype=str).replace("", None)
    yield Set("Vietnamese", frame, lambda key: key.split("~")[0], HERE / "persons.yaml",
              {"key": "ma", "names": ["ho_ten"], "date": "ngay_sinh", "address": "dia_chi", "numbers": ["dien_thoai"]}, data)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--thuocdo", default=ROOT / "target/release/thuocdo", type=pathlib.Path)
    arguments.add_argument("--rounds", default=3, type=int)
    asked = arguments.parse_args()
    solutions = [("thuocdo", lambda known: by_thuocdo(known, asked.thuocdo)), ("DuckDB by hand", by_sql),
                 ("recordlinkage", by_recordlinkage), ("Splink", by_splink)]
    print("| set | by | precision | recall | pairs right | wrong | seconds | × thuocdo |\n|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for known in sets(asked.thuocdo, pathlib.Path(folder)):
            own = None
            for name, solve in solutions:
                best = None
                for _ in range(asked.rounds):
                    start = time.perf_counter()
                    found = list(solve(known))
                    took = time.perf_counter() - start
                    best = took if best is None else min(best, took)
                own = own or best
                right, wrong = counted(known, found)
                precision = right / (right + wrong) if right + wrong else 0
                print(f"| {known.name} | {name} | {precision:.4f} | {right / known.pairs:.4f} | {right:,} of {known.pairs:,} | {wrong:,} "
                      f"| {best:.2f} | {best / own:.1f} |", flush=True)


if __name__ == "__main__":
    main()
