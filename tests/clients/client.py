"""Asks a gRPC door as a client in Python does: messages by reflection, health, metadata, statuses."""

import sys

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

SERVICE = "pdp.v1.PolicyDecisionService"
SECONDS = 20

channel = grpc.insecure_channel(sys.argv[1])
pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
service = pool.FindServiceByName(SERVICE)


def message(name):
    return GetMessageClass(pool.FindMessageTypeByName(f"pdp.v1.{name}"))


def method(name):
    described = service.FindMethodByName(name)
    return channel.unary_unary(
        f"/{SERVICE}/{name}",
        request_serializer=lambda request: request.SerializeToString(),
        response_deserializer=GetMessageClass(described.output_type).FromString,
    )


def request(actor="user:93", **context):
    asked = message("EvaluateRequest")(action="send_message")
    asked.actor.actor_id, asked.actor.actor_type = actor, 1
    asked.actor.microdao_ids.append("microdao:7")
    asked.resource.type, asked.resource.id = "channel", "channel-general-daarion"
    for name, value in context.items():
        asked.context[name].CopyFrom(value)
    return asked


def refused(code, call, *arguments, **options):
    try:
        call(*arguments, timeout=SECONDS, **options)
    except grpc.RpcError as error:
        assert error.code() == code, error
        return error
    raise AssertionError(f"{code} was expected")


Value = message("Value")
evaluate = method("Evaluate")

answer, call = evaluate.with_call(
    request(message_length=Value(int_value=12)),
    timeout=SECONDS,
    metadata=[("x-request-id", "from python")],
)
assert (answer.effect, answer.reason) == (1, "channel_member"), answer
assert ("x-request-id", "from python") in call.initial_metadata(), call.initial_metadata()

batch = message("EvaluateBatchRequest")(requests=[request(), request("user:999")])
decisions = method("EvaluateBatch")(batch, timeout=SECONDS).decisions
assert [decision.policy.revision for decision in decisions] == [1, 1]
status = method("PolicyStatus")(message("PolicyStatusRequest")(), timeout=SECONDS)
assert status.rules > 0 and status.sections["channel_policies"] > 0, status

codes = grpc.StatusCode
fault = refused(codes.INVALID_ARGUMENT, evaluate, request(""))
assert "actor.actor_id" in fault.details(), fault
refused(codes.INVALID_ARGUMENT, evaluate, request(a=Value(double_value=float("nan"))))
refused(codes.RESOURCE_EXHAUSTED, evaluate, request(a=Value(string_value="x" * 2**20)))
key = [("authorization", "Bearer wrong")]
refused(codes.UNAUTHENTICATED, evaluate, request(), metadata=key)
origin = [("origin", "http://localhost:3000")]
refused(codes.PERMISSION_DENIED, evaluate, request(), metadata=origin)
refused(codes.UNIMPLEMENTED, evaluate, request(), compression=grpc.Compression.Gzip)

health = health_pb2_grpc.HealthStub(channel)
checked = health.Check(health_pb2.HealthCheckRequest(service=SERVICE), timeout=SECONDS)
assert checked.status == health_pb2.HealthCheckResponse.SERVING, checked
print("python: decisions, statuses and health are what they should be")
