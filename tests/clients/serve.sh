# Starts `pdp serve` with the policies of DAARION on free ports, in a folder of its own, and ends it
# with the script that reads this. `callers`, if it is set, is the text of the callers' file. Sets
# `folder`, and `http` and `grpc`, the addresses of the doors.

folder=$(mktemp -d)
cargo build --locked --quiet --package pdp-cli --features serve
if [ -n "${callers:-}" ]; then
    printf '%s\n' "$callers" >"$folder/callers.toml"
    export PDP_CALLERS=$folder/callers.toml
fi
PDP_STATE=$folder/state PDP_HTTP_LISTEN=127.0.0.1:0 PDP_GRPC_LISTEN=127.0.0.1:0 \
    "${CARGO_TARGET_DIR:-target}/debug/pdp" serve --policies policies/daarion 2>"$folder/log" &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -rf "$folder"' EXIT

# Where a door listens, once it does.
address_of() {
    sed -n "s/.* listening address=\([^ ]*\) door=\"$1\".*/\1/p" "$folder/log"
}

http='' grpc=''
for _ in $(seq 300); do
    http=$(address_of http) grpc=$(address_of grpc)
    if [ -n "$http" ] && [ -n "$grpc" ]; then break; fi
    sleep 0.1
done
if [ -z "$http" ] || [ -z "$grpc" ]; then
    cat "$folder/log" >&2
    exit 1
fi
