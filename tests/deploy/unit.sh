#!/usr/bin/env bash
# systemd reads the unit, and finds that what the process may do is little. The program is looked
# for where it was built.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cargo build --locked --quiet --package pdp-cli --features serve
program=$(realpath "${CARGO_TARGET_DIR:-target}/debug/pdp")
sed "s#/usr/bin/pdp #$program #" deploy/pdp.service >"$folder/pdp.service"
# It may warn of other units of this machine, of which no word counts.
said=$(systemd-analyze verify --man=no "$folder/pdp.service" 2>&1) || { printf '%s\n' "$said" >&2 && exit 1; }
if grep --fixed-strings pdp.service <<<"$said" >&2; then exit 1; fi
# From 0 to 100; that of a unit which says nothing is 96.
systemd-analyze security --offline=true --threshold=15 --no-pager "$folder/pdp.service" | tail -n 1
