#!/usr/bin/env bash
# Holds `proto` against `proto/baseline.binpb`, what callers were built for: a change that breaks
# them needs a new package, `pdp.v2`. An addition is written into the baseline when it is released.
#
#     tests/clients/baseline.sh          # fails where a change breaks callers
#     tests/clients/baseline.sh write    # takes what stands in `proto` as what callers are built for
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../proto"
case ${1:-check} in
    check) buf breaking --against baseline.binpb ;;
    write) buf build --exclude-source-info --output baseline.binpb ;;
    *) echo 'usage: baseline.sh [write]' >&2 && exit 2 ;;
esac
