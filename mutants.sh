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
        'pdp-core/src/run_time/**' pdp-core/src/engine.rs 'pdp-cel/src/**')
fi
selected=()
for file in "${files[@]}"; do selected+=(--file "$file"); done

# Few random pairs: a mutant that decides wrongly shows itself in the first hundreds.
export JUDGE_PAIRS=${JUDGE_PAIRS:-4000} PROPTEST_CASES=${PROPTEST_CASES:-32}
mkdir -p target

# Mutants that no run so far has caught, against the tests of some packages.
run() {
    cargo mutants --package pdp-core --package pdp-cel "${selected[@]}" \
        --test-package "$1" --profile mutants \
        --output target --iterate --minimum-test-timeout 60 --jobs "${MUTANTS_JOBS:-1}" \
        --no-shuffle -- --lib --bins --tests
}

# The tests of the core, and the conformance tests of CEL, are quick and catch most; the judge gets
# what they leave.
status=0
run pdp-core,pdp-cel,pdp-cli || status=$?
case $status in
    0 | 2 | 3) ;; # All caught, some missed, some out of time.
    *) exit "$status" ;;
esac
run pdp-core,pdp-cel,pdp-cli,pdp-judge
