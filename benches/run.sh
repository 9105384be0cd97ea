#!/usr/bin/env bash
# Builds the program, brings pinned DuckDB and Polars, and runs the comparison: benches/run.sh [options of compare.py]
# Tables are kept in $BENCH_CACHE (default target/bench-data): 1 GB for 5 million rows, 4 GB with --growth.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup
venv="$PWD/target/bench-venv"
if ! cmp --silent benches/requirements.txt "$venv/requirements.txt"; then
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        as_root=()
        [[ "$(id -u)" == 0 ]] || as_root=(sudo)
        "${as_root[@]}" apt-get update -qq
        DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends python3 python3-venv
    fi
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r benches/requirements.txt
    cp benches/requirements.txt "$venv/requirements.txt"
fi
target="${CARGO_TARGET_DIR:-target}"
cargo build --release --locked
exec "$venv/bin/python" benches/population/compare.py --cache "${BENCH_CACHE:-target/bench-data}" \
    --binary "$target/release/thuocdo" "$@"
