# Starts `pdp serve` with the shipped policies on free ports, in a folder of its own, and ends it
# with the script that reads this. Sets `grpc`, the address of the gRPC door.

folder=$(mktemp -d)
cargo build --locked --quiet --package pdp-cli --features serve
PDP_STATE=$folder/state PDP_HTTP_LISTEN='' PDP_GRPC_LISTEN=127.0.0.1:0 \
    "${CARGO_TARGET_DIR:-target}/debug/pdp" serve 2>"$folder/log" &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -rf "$folder"' EXIT
grpc=
for _ in $(seq 300); do
    grpc=$(grep -o 'address=127[^ ]*' "$folder/log" | cut -d= -f2 || true)
    if [ -n "$grpc" ]; then break; fi
    sleep 0.1
done
if [ -z "$grpc" ]; then
    cat "$folder/log" >&2
    exit 1
fi
