#!/usr/bin/env bash
# Plants one bug after the other and expects the normal tests to turn red.
#
#     ./planted-bugs.sh              # all of them; those caught at this commit already are passed over
#     ./planted-bugs.sh stale-bit    # some of them
#
# Each is a patch in planted-bugs/. One that does not apply or does not compile is a fault of its own.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

commit=$(git rev-parse --short HEAD)
tree=$PWD/target/planted/tree
results=$PWD/target/planted/results-$commit
export CARGO_TARGET_DIR=$PWD/target/planted/target
# The same tests, built in less time.
profile=(--profile mutants)
# How long the tests of one bug may take, in seconds.
limit=${PLANTED_SECONDS:-900}

mkdir -p "$results"
git worktree remove --force "$tree" 2>/dev/null
git worktree prune
git worktree add --quiet --force --detach "$tree" HEAD || exit 1
trap 'git worktree remove --force "$tree"' EXIT
trap 'exit 130' INT TERM

# The tests of the packages that look at the deciding code first, the rest after them.
tests() {
    local first=(pdp-core pdp-judge pdp-testing pdp-cli) package
    for package in "${first[@]}"; do
        timeout "$limit" cargo test "${profile[@]}" --locked --quiet --package "$package" || return 1
    done
    timeout "$limit" cargo test "${profile[@]}" --locked --quiet --workspace
}

# What became of one bug: a word, and what noticed it.
judge() {
    local name=$1 log=$results/$1.log
    (
        cd "$tree" || exit 1
        git checkout --quiet -- . && git apply "$OLDPWD/planted-bugs/$name.patch" 2>"$log" ||
            { echo 'does not apply'; exit; }
        cargo build "${profile[@]}" --locked --quiet --package pdp-core 2>"$log" || { echo 'does not compile'; exit; }
        if tests >"$log" 2>&1; then
            echo MISSED
        else
            echo "caught by $(grep -m1 -oE '^[a-z_:]+ --- FAILED|^---- .* stdout' "$log" | grep -oE '[a-z_]+(::[a-z_]+)*|[a-zA-Z/_.]+ - .*' | head -1)"
        fi
    )
}

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
    for patch in planted-bugs/*.patch; do names+=("$(basename "$patch" .patch)"); done
fi
caught=0 others=0
for name in "${names[@]}"; do
    outcome=$(cat "$results/$name" 2>/dev/null)
    case $outcome in
        caught*) ;;
        *) outcome=$(judge "$name") && echo "$outcome" >"$results/$name" ;;
    esac
    printf '%-32s %s\n' "$name" "$outcome"
    case $outcome in caught*) caught=$((caught + 1)) ;; *) others=$((others + 1)) ;; esac
done
printf 'planted bugs: %d caught, %d not\n' "$caught" "$others"
[ "$others" -eq 0 ]
