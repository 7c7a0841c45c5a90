#!/usr/bin/env bash
# Asks `pdp serve` whatever its OpenAPI description allows, and what it does not, and holds every
# answer against it.
#
#     tests/clients/schemathesis.sh SCHEMATHESIS
set -euo pipefail
schemathesis=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
callers='[[caller]]
name = "schemathesis"
keys = ["sha256:2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683"]
rights = ["evaluate", "assert_identity", "admin"]'
source tests/clients/serve.sh
config=$PWD/tests/clients/schemathesis.toml
# It leaves files where it runs.
cd "$folder"
"$schemathesis" --config-file "$config" \
    run "http://$http/openapi.json" --max-examples 50 --seed 20261128 \
    --header 'Authorization: Bearer key' --no-color
