#!/usr/bin/env bash
# The alerts are rules that Prometheus takes, and fire when they should.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../deploy/prometheus"
promtool check rules alerts.yaml
promtool check config --syntax-only scrape.yaml
promtool test rules alerts_test.yaml
# An alert that nothing tries would be one that nobody knows to fire.
for alert in $(sed -n 's/.*- alert: //p' alerts.yaml); do
    if ! grep --quiet "alertname: $alert\$" alerts_test.yaml; then
        printf 'alerts_test.yaml: nothing lets %s fire\n' "$alert" >&2
        exit 1
    fi
    if ! grep --quiet "^| .*\`$alert\`.* |" ../../docs/operations.md; then
        printf 'docs/operations.md: what to do about %s is not said\n' "$alert" >&2
        exit 1
    fi
done
