#!/usr/bin/env bash
# Does what docs/operations.md tells operators to do.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
cargo build --locked --quiet --package pdp-cli --features serve
PATH=$(realpath "${CARGO_TARGET_DIR:-target}/debug"):$PATH
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ln -s "$PWD/policies" "$PWD/examples" "$folder"
# Ports that nobody else has: found free, and left again.
read -r http grpc < <(python3 -c 'import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*[one.getsockname()[1] for one in sockets])')
python3 tests/deploy/operations.py docs/operations.md "$folder" "$http" "$grpc"
