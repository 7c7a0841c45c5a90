#!/usr/bin/env bash
# Asks `pdp serve` whatever its OpenAPI description allows, and what it does not, and holds every
# answer against it.
#
#     tests/clients/schemathesis.sh PDP SCHEMATHESIS
set -euo pipefail
pdp=$(realpath "$1") schemathesis=$(realpath "$2")
root=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"

cat >callers.toml <<'CALLERS'
[[caller]]
name = "schemathesis"
keys = ["sha256:2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683"]
rights = ["evaluate", "assert_identity", "admin"]
CALLERS
"$pdp" serve --http-listen 127.0.0.1:0 --state state --callers callers.toml \
    --policies "$root/policies/daarion" 2>log &
server=$!
address=
for _ in $(seq 100); do
    address=$(sed -n 's/.*listening address=\([0-9.:]*\) door="http".*/\1/p' log)
    [ -z "$address" ] || break
    sleep 0.1
done

"$schemathesis" --config-file "$root/tests/clients/schemathesis.toml" \
    run "http://$address/openapi.json" --max-examples 50 --seed 20261128 \
    --header 'Authorization: Bearer key' --no-color
