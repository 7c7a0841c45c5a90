#!/usr/bin/env bash
# Builds the wheel that users get, puts it into an environment of its own, and has it tested there:
# against the engine in Rust (`pdp eval`) and against `pdp serve`.
#
#     tests/python/package.sh FEATURES
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
target=${CARGO_TARGET_DIR:-target}
# As the tests of the workspace are built, so that nothing is built anew.
features=$1
environment=$target/tools/python-package
python=$(realpath "$environment")/bin/python

cargo build --locked --quiet --package pdp-cli --features serve
program=$(realpath "$target/debug/pdp")

wheels=$(mktemp -d)
trap 'rm -rf "$wheels"' EXIT
"$python" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$wheels" ./pdp-py
ls -l "$wheels"
"$python" -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps "$wheels"/*.whl

# Not in the folder of the package: what is tested is what was installed.
cd "$root/pdp-py/tests"
PDP_PROGRAM=$program timeout 1200 "$python" -W error -X dev -m pytest -q -p no:cacheprovider .
for example in messaging agent_tools exploring; do
    cd "$root/examples/python/$example"
    PDP_PROGRAM=$program timeout 600 "$python" -W error -X dev -m pytest -q -p no:cacheprovider .
done
# Whichever way a request comes, it is decided the same: in Python, too.
cd "$root"
PDP_PYTHON=$python cargo test --workspace --features "$features" --locked --quiet --test it -- same::
cd "$wheels"
"$python" -m mypy.stubtest pdp
"$python" -m mypy --strict -p pdp --cache-dir "$wheels/mypy"
