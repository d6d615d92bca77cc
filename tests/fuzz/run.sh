#!/usr/bin/env bash
# Runs fuzz targets one after the other: tests/fuzz/run.sh [SECONDS] [TARGET...]
#
# Needs cargo-fuzz (cargo install cargo-fuzz) and a C++ compiler; the stable
# toolchain will do. Seeds are cut from tests/cases and, where there are any,
# taken from tests/fuzz/seeds/TARGET. Without targets every one is run. Ends with
# one line per target: executions, covered edges, seconds and the outcome.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds="${1:-60}"
shift || true
export RUSTC_BOOTSTRAP=1
fuzz=(cargo fuzz)
if [ "$#" -gt 0 ]; then
    targets=("$@")
else
    mapfile -t targets < <("${fuzz[@]}" list --fuzz-dir tests/fuzz)
fi

corpus="$PWD/tests/fuzz/corpus"
SEALIFT_FUZZ_CORPUS="$corpus" cargo test --quiet --test cases corpus >/dev/null
logs="$PWD/tests/fuzz/logs"
mkdir -p "$logs"

failed=0
for target in "${targets[@]}"; do
    mkdir -p "$corpus/$target"
    folders=("tests/fuzz/corpus/$target")
    [ -d "tests/fuzz/seeds/$target" ] && folders+=("tests/fuzz/seeds/$target")
    outcome="no crash"
    # Values of a script that hold one another in a ring are never let go.
    leaks=1
    [ "$target" = painless_run ] && leaks=0
    # An input that takes ten seconds or two gigabytes counts as a crash.
    ASAN_OPTIONS="detect_leaks=$leaks" "${fuzz[@]}" run --fuzz-dir tests/fuzz "$target" "${folders[@]}" -- \
        -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 >"$logs/$target.log" 2>&1 || outcome="CRASHED" failed=1
    executions="$(sed -n 's/^stat::number_of_executed_units: *//p' "$logs/$target.log")"
    edges="$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$logs/$target.log" | tail -n 1)"
    printf '%-18s %10s executions, %6s edges, %s s: %s\n' \
        "$target" "${executions:-?}" "${edges:-?}" "$seconds" "$outcome"
done
exit "$failed"
