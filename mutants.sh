#!/usr/bin/env bash
# Changes the deciding code in every small way that cargo-mutants knows, one at a time, and counts
# which changes a test notices. Takes hours; stop it whenever you like: the next run goes on with
# what was not yet noticed.
#
#     ./mutants.sh                              # all of the deciding code
#     ./mutants.sh 'pdp-core/src/evaluate/**'   # some of it
#
# The result lies in target/mutants.out: caught.txt, missed.txt, timeout.txt, unviable.txt.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

version=27.1.0
if ! command -v cargo-mutants >/dev/null; then
    cargo install cargo-mutants --version "$version" --locked --root target/mutants-tool
    PATH=$PWD/target/mutants-tool/bin:$PATH
fi

files=("$@")
if [ ${#files[@]} -eq 0 ]; then
    files=('pdp-core/src/evaluate/**' 'pdp-core/src/compile/**' 'pdp-core/src/compiled/**'
        'pdp-core/src/run_time/**' 'pdp-core/src/closing/**' 'pdp-core/src/image/**'
        pdp-core/src/engine.rs pdp-core/src/resolved.rs 'pdp-cel/src/**')
fi
selected=()
for file in "${files[@]}"; do selected+=(--file "$file"); done

# Few random pairs: a mutant that decides wrongly shows itself in the first hundreds.
export JUDGE_PAIRS=${JUDGE_PAIRS:-4000} PROPTEST_CASES=${PROPTEST_CASES:-32}
mkdir -p target
# Jobs that shared one would judge each other's programs.
unset CARGO_TARGET_DIR

# Mutants that no run so far has caught, against some tests: first what cargo takes, then, after
# `--`, what the test programs take.
run() {
    local packages=$1
    status=0
    shift
    cargo mutants --package pdp-core --package pdp-cel "${selected[@]}" \
        --test-package "$packages" --profile mutants \
        --output target --iterate --minimum-test-timeout 60 --jobs "${MUTANTS_JOBS:-1}" \
        --no-shuffle -- "$@" || status=$?
    case $status in
        0 | 2 | 3) ;; # All caught, some missed, some out of time.
        *) exit "$status" ;;
    esac
}

# Most are noticed by what takes seconds; each next step is asked only about what is left.
run pdp-core,pdp-cel --lib --tests -- --skip hostile:: --skip eight_million --skip made_up_images
# The conformance tests of CEL, and the policy packs.
run pdp-core,pdp-cel,pdp-cli --lib --bins --tests
run pdp-judge --lib --bins --tests
exit "$status"
