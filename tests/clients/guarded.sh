#!/usr/bin/env bash
# The service of examples/guarded.rs, by policies in its process and by `pdp serve`: the same.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/clients/serve.sh
cargo build --locked --quiet --package pdp-examples --example guarded

# Runs it, and holds what it prints against what is wanted.
prints() {
    local decider=$1 wanted=$2 printed
    # The deadline of a decision is short, and the machine may be slow.
    for _ in $(seq 20); do
        printed=$("${CARGO_TARGET_DIR:-target}/debug/examples/guarded" "$decider")
        if [ "$printed" = "$wanted" ]; then return; fi
        sleep 0.2
    done
    printf '%s: %s\n' "$decider" "$printed" >&2
    exit 1
}

decided=$'user:1: 200 OK\nuser:999: 403 Forbidden'
prints in-process "$decided"
prints "http://$http" "$decided"
kill -9 "$server"
wait "$server" 2>/dev/null || true
trap 'rm -rf "$folder"' EXIT
prints "http://$http" $'user:1: 503 Service Unavailable\nuser:999: 503 Service Unavailable'
echo 'guarded: the same in the process and by a sidecar, and closed without it'
