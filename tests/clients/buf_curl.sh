#!/usr/bin/env bash
# buf asks `pdp serve`, and learns from it alone (by reflection) what it can be asked.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/clients/serve.sh

# Calls a method with JSON, and holds what comes back against a part of it.
asks() {
    local method=$1 request=$2 wanted=$3 answer
    answer=$(buf curl --http2-prior-knowledge --protocol grpc --data "$request" "http://$grpc/$method" 2>&1 || true)
    if [[ $(tr -d ' \n' <<<"$answer") != *"$wanted"* ]]; then
        printf '%s: no %s in %s\n' "$method" "$wanted" "$answer" >&2
        exit 1
    fi
}

service=pdp.v1.PolicyDecisionService
actor='"actor": {"actorId": "user:93", "actorType": "ACTOR_TYPE_HUMAN", "microdaoIds": ["microdao:7"]}'
rest='"action": "send_message", "resource": {"type": "channel", "id": "channel-general-daarion"}'
context='"context": {"message_length": {"intValue": "12"}}'
# What the page shows, with the port of this server.
page=$(sed -n '/^```sh$/,/^```$/p' docs/grpc.md | sed '1d;$d')
answer=$(bash -c "${page//127.0.0.1:7022/$grpc}")
if [[ $(tr -d ' \n' <<<"$answer") != *'"effect":"EFFECT_PERMIT","reason":"channel_member"'* ]]; then
    printf 'docs/grpc.md: %s\n' "$answer" >&2
    exit 1
fi
asks $service/EvaluateBatch "{\"requests\": [{$actor, $rest, $context}]}" '"reason":"channel_member"'
asks $service/PolicyStatus '{}' '"digest":"sha256:'
asks $service/Evaluate "{$rest}" '"code":"invalid_argument"'
asks $service/Evaluate "{$rest}" '"message":"actor:missing"'
asks grpc.health.v1.Health/Check "{\"service\": \"$service\"}" '"status":"SERVING"'
echo 'buf curl: all questions answered, found by reflection'
