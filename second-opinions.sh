#!/usr/bin/env bash
# Holds our evaluator of expressions against two others, the Rust crate `cel` and cel-go, on random
# expressions. Fails if they differ in a way that is not explained. Needs Go 1.26 and the registries
# of both languages.
#
#     ./second-opinions.sh [EXPRESSIONS [SEED]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target/peers"
target=$(cd "$target" && pwd)

(cd peers/cel-go && go build -o "$target/peers/cel-go-evaluate" ./evaluate)
CARGO_TARGET_DIR=$target/peers cargo run --locked --release --quiet \
    --manifest-path peers/opinions/Cargo.toml -- \
    --expressions "${1:-100000}" --seed "${2:-1}" --go "$target/peers/cel-go-evaluate"
