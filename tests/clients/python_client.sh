#!/usr/bin/env bash
# A client of Python's grpcio asks `pdp serve`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/clients/serve.sh
"${CARGO_TARGET_DIR:-target}/tools/grpcio/bin/python" tests/clients/client.py "$grpc"
