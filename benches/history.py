"""Makes a long history of one that has a run: `history.py SEED OUT RUNS RULES`, then `thuocdo trend --history OUT`.

It writes the chain by the description in docs/history.md, with nothing of the program, so `thuocdo history verify OUT` must find
every link sound. Counts are drawn at random and the outcomes are made up, so what it does find is that these do not follow.
"""

import hashlib
import json
import os
import random
import sqlite3
import sys
from datetime import datetime, timedelta


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def main(seed, out, runs, rules):
    old = sqlite3.connect(seed)
    layout = [sql for (sql,) in old.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")]
    application, version = (old.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
    record = json.loads(old.execute("SELECT body FROM record WHERE sequence = 1").fetchone()[0])
    definition = json.loads(
        old.execute("SELECT body FROM definition WHERE sha256 = ?", (record["definition"],)).fetchone()[0]
    )
    table = definition["tables"][0]
    known = table["rules"]
    table["rules"] = [dict(known[at % len(known)], id=f"rule-{at:03}") for at in range(rules)]
    definition["tables"], record["tables"] = [table], record["tables"][:1]
    record["definition"] = sha256(canonical(definition))

    if os.path.exists(out):
        os.remove(out)
    new = sqlite3.connect(out)
    for sql in layout:
        new.execute(sql)
    new.execute(f"PRAGMA application_id = {application}")
    new.execute(f"PRAGMA user_version = {version}")
    new.execute("INSERT INTO definition VALUES (?, ?)", (record["definition"], canonical(definition)))
    random.seed(1)
    previous, day = "0" * 64, datetime(2000, 1, 1)
    for sequence in range(1, runs + 1):
        moment = day + timedelta(hours=18 * sequence)
        text = moment.strftime("%Y-%m-%dT%H:%M:%S+07:00")
        record.update(as_of=text, recorded_at=text, run=f"{sequence:032x}")
        failed = [random.randrange(500) for _ in range(rules)]
        record["tables"][0]["tallies"] = [[1_000_000 - fail, fail, 0, 0] for fail in failed]
        record["outcome"]["score"] = [90_000_000_000 + random.randrange(1_000_000_000)] * 3
        body = canonical(record)
        digest = sha256(f"{previous}\n{body}")
        row = (sequence, record["run"], record["database"], previous, body, digest)
        new.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)", row)
        standing = {key: record[key] for key in ("as_of", "recorded_at", "definition", "complete")}
        for key in ("grade", "caps", "coverage", "score", "dimensions"):
            standing[key] = record["outcome"][key]
        micros = int((moment - datetime(1970, 1, 1)).total_seconds()) * 1_000_000
        new.execute("INSERT INTO standing VALUES (?, ?, ?, ?)", (record["database"], micros, sequence, canonical(standing)))
        previous = digest
    new.commit()
    new.execute("PRAGMA journal_mode = WAL")
    new.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
