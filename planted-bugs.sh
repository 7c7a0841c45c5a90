#!/usr/bin/env bash
# Plants one bug after the other and expects the normal tests to turn red.
#
#     ./planted-bugs.sh              # all of them; those caught at this commit already are passed over
#     ./planted-bugs.sh stale-bit    # some of them
#
# Each is a patch in planted-bugs/, planted into a copy of what is committed. One that does not
# apply, does not compile, or whose tests come to no end is a fault of its own, and so are tests
# that are red without any bug. Stop it whenever you like: the next run goes on where it was.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
root=$PWD

commit=$(git rev-parse --short HEAD) || exit 1
tree=$root/target/planted/tree
results=$root/target/planted/results/$commit
export CARGO_TARGET_DIR=$root/target/planted/target
# As many random pairs as in the normal test run.
unset JUDGE_PAIRS JUDGE_SEED
# The same tests, built in less time.
flags=(--profile mutants --locked --quiet)
# How long building and testing one bug may take, in seconds.
limit=${PLANTED_SECONDS:-1800}
# The packages that look at the deciding code; all others come after them.
first=(pdp-core pdp-judge pdp-testing pdp-cli)

child=
leave() {
    if [ -n "$child" ]; then kill "$child" 2>/dev/null && wait "$child"; fi
    git -C "$root" worktree remove --force "$tree" 2>/dev/null
}
trap leave EXIT
trap 'exit 130' INT TERM

# Runs a command in the tree for as long as is left until `deadline`; its status, 124 if that is
# too long.
bounded() {
    local left=$((deadline - SECONDS)) status
    [ "$left" -gt 0 ] || return 124
    # In the background, so that the trap can end it.
    (cd "$tree" && exec timeout --kill-after=10 "$left" "$@") </dev/null >>"$log" 2>&1 &
    child=$!
    wait "$child"
    status=$?
    child=
    [ "$status" -eq 137 ] && status=124
    return "$status"
}

# What failed, by the output of tests: the first failing test of the first red program.
culprit() {
    local test
    test=$(sed -n 's/^---- \(.*\) stdout ----$/\1/p' "$log" | head -1)
    if [ -n "$test" ]; then
        echo "$test"
    elif grep -q '(signal: ' "$log"; then
        echo 'a crash of a test program'
    fi
}

# Sets `outcome` to what the tests say of the tree as it is: `green`, `red: TEST`, or what kept
# them from saying anything. What one package notices is not built for the others.
judge() {
    local packages=() package test
    for package in "${first[@]}"; do packages+=("--package=$package"); done
    packages+=(--workspace)
    for package in "${packages[@]}"; do
        : >"$log"
        bounded cargo test "${flags[@]}" "$package" --no-run
        case $? in
            0) ;;
            124) outcome="not built in $limit s" && return ;;
            *) outcome='does not compile' && return ;;
        esac
        bounded cargo test "${flags[@]}" "$package"
        case $? in
            0) continue ;;
            124) outcome="not done in $limit s" && return ;;
        esac
        test=$(culprit)
        outcome=${test:+red: $test}
        outcome=${outcome:-failed without a failing test}
        return
    done
    outcome=green
}

# Sets `outcome` for one bug.
plant() {
    local name=$1 start=$SECONDS
    deadline=$((SECONDS + limit))
    log=$results/$name.log
    : >"$log"
    git -C "$tree" checkout --quiet -- . || exit 1
    if ! git -C "$tree" apply "$root/planted-bugs/$name.patch" 2>"$log"; then
        outcome='does not apply'
        return
    fi
    judge
    case $outcome in
        red:*) outcome="caught by ${outcome#red: } ($((SECONDS - start)) s)" ;;
        green) outcome="MISSED ($((SECONDS - start)) s)" ;;
    esac
}

names=()
for argument in "$@"; do names+=("$(basename "$argument" .patch)"); done
if [ ${#names[@]} -eq 0 ]; then
    for patch in planted-bugs/*.patch; do names+=("$(basename "$patch" .patch)"); done
fi
for name in "${names[@]}"; do
    if [ ! -f "planted-bugs/$name.patch" ]; then
        echo "no such bug: $name" >&2
        exit 1
    fi
done

mkdir -p "$results" || exit 1
git worktree remove --force "$tree" 2>/dev/null
git worktree add --quiet --force --detach "$tree" HEAD || exit 1

# Tests that are red anyway would seem to catch everything.
if [ ! -f "$results/no-bug" ]; then
    deadline=$((SECONDS + 2 * limit))
    log=$results/no-bug.log
    : >"$log"
    judge
    if [ "$outcome" != green ]; then
        printf 'without any bug: %s; see %s\n' "$outcome" "${log#"$root"/}"
        exit 1
    fi
    echo green >"$results/no-bug"
fi

caught=0 missed=0 faulty=0
for name in "${names[@]}"; do
    # A patch that was changed is another bug.
    result=$results/$name-$(git hash-object "planted-bugs/$name.patch" | cut -c1-12)
    outcome=$(cat "$result" 2>/dev/null)
    case $outcome in
        caught*) ;;
        *)
            plant "$name"
            echo "$outcome" >"$result"
            ;;
    esac
    printf '%-32s %s\n' "$name" "$outcome"
    case $outcome in
        caught*) caught=$((caught + 1)) ;;
        MISSED*) missed=$((missed + 1)) ;;
        *) faulty=$((faulty + 1)) ;;
    esac
done
printf 'planted bugs: %d caught, %d missed, %d without an answer\n' "$caught" "$missed" "$faulty"
[ $((missed + faulty)) -eq 0 ]
