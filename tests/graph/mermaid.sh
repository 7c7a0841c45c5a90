#!/usr/bin/env bash
# Mermaid's own parser reads the pictures of every pack, and of ids that try to be more than text.
#
#     tests/graph/mermaid.sh FOLDER
#
# FOLDER holds the packages `mermaid` and `jsdom`.
set -euo pipefail
folder=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cargo build --locked --quiet --package pdp-cli
program=$(realpath "${CARGO_TARGET_DIR:-target}/debug/pdp")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { echo "$1" >&2; exit 1; }

for pack in policies/*/; do
    "$program" graph "$pack" >"$work/picture"
    node tests/graph/parse.mjs "$folder" <"$work/picture" >"$work/read"
    arrows=$(grep --count -- '-->' "$work/picture" || true)
    grep --quiet "^$arrows arrows$" "$work/read" || fail "$pack: not $arrows arrows"
done

cat >"$work/hostile.yaml" <<'YAML'
version: 1
types: {room: {relations: {in: direct}}}
facts:
  'room:"]-->b9["%%{init}%%<b>`': {in: [{id: '</svg>#35; end & 1. | \'}, {id: 'end'}]}
YAML
"$program" graph "$work/hostile.yaml" --resource 'room:"]-->b9["%%{init}%%<b>`' |
    node tests/graph/parse.mjs "$folder" >"$work/read"
cat "$work/read"
diff - "$work/read" <<'TEXT' || fail 'ids are not shown as they are'
2 arrows
b0 room:"]-->b9["%%{init}%%<b>`
b0r0 in
b1 </svg>#35; end & 1. | \
b2 end
TEXT
