#!/usr/bin/env bash
# Counts the instructions of single decisions, of loading and of a change, and compares them with
# benches/instructions.txt: noise does not move them, slower code does. Needs valgrind; where there
# is none, or another compiler than that of the figures, it says so and compares nothing.
#
#     ./instructions.sh          # fails where a count differs by more than 5 %
#     ./instructions.sh write    # writes the figures anew
#     ./instructions.sh ready    # gets valgrind, no more; fails if it is not to be had
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target"
target=$(cd "$target" && pwd)
counted=$target/instructions

counts() { valgrind --tool=callgrind --callgrind-out-file=/dev/null true >/dev/null 2>&1; }

# Puts valgrind on the PATH: the one of the machine, else the Debian package, unpacked where only
# root could install it.
get_valgrind() {
    local folder=$target/tools/valgrind
    if counts; then return; fi
    if [ "$(id -u)" -eq 0 ]; then
        apt-get update --quiet
        if apt-get install --yes --no-install-recommends valgrind && counts; then return; fi
    fi
    PATH=$folder/usr/bin:$PATH
    # An unpacked one does not find its tools by itself.
    export VALGRIND_LIB=$folder/usr/libexec/valgrind
    if counts; then return; fi
    mkdir -p "$folder"
    (cd "$folder" && apt-get download valgrind && dpkg -x valgrind_*.deb .)
    counts
}

# Runs the program once under callgrind, in a folder of its own. Prints a line for each call: the
# case, how many times it did what is counted, and instructions.
count_once() {
    local folder=$counted/$1 call
    mkdir "$folder"
    # One file after each call, numbered from 1, and one at the end, which has no number. The
    # argument moves the stack, on whose place the seeds of hash tables depend.
    if ! valgrind --tool=callgrind --toggle-collect=instructions::counted \
        --dump-after=instructions::counted --callgrind-out-file="$folder/out" \
        "$target/release/instructions" "$(printf "%$(($1 * 97))s" '')" \
        >"$folder/cases" 2>"$folder/log"; then
        cat "$folder/log" >&2
        return 1
    fi
    for ((call = 1; call <= $(wc -l <"$folder/cases"); call++)); do
        sed -n 's/^totals: //p' "$folder/out.$call"
    done | paste "$folder/cases" - >"$folder/counts"
}

# Several times, since each run draws seeds of its own, with which tables are more or less lucky;
# side by side, since what else a machine does counts for nothing.
count() {
    local processes=() process
    cargo build --locked --quiet --release --package pdp-benches --bin instructions
    rm -rf "$counted"
    mkdir -p "$counted"
    for process in 1 2 3 4 5; do
        count_once "$process" &
        processes+=($!)
    done
    for process in "${processes[@]}"; do wait "$process"; done
    cat "$counted"/*/counts
}

mode=${1:-check}
case $mode in
    ready) get_valgrind >&2 && exit ;;
    check | write) ;;
    *) echo 'usage: ./instructions.sh [write | ready]' >&2 && exit 2 ;;
esac

toolchain="$(rustc --version) $(rustc -vV | sed -n 's/^host: //p')"
known=$(sed -n 's/^toolchain //p' benches/instructions.txt)
if [ "$mode" = check ] && [ "$toolchain" != "$known" ]; then
    echo "instructions: not compared, the figures are those of $known, and this is $toolchain"
    exit
fi
if ! get_valgrind >&2; then
    echo 'instructions: not counted, there is no valgrind here'
    exit
fi
count >"$counted.txt"
cargo run --locked --quiet --package xtask -- instructions "$mode" "$toolchain" <"$counted.txt"
