use pdp_grpc::v1;
use prost::Message;
use serde_json::Value;

use super::client::{Connection, grpc_status};
use super::messages::request;
use crate::serve::answers::REQUEST;
use crate::serve::server::{Server, curl, records};
use crate::support::folder;

const METHOD: &str = "/pdp.v1.PolicyDecisionService/Evaluate";
const MEBIBYTE: usize = 1024 * 1024;

pub const GRPC: (&str, &str) = ("content-type", "application/grpc");

const HEADER: &str = "content-type: application/grpc";

/// A message with its prefix.
pub fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("a short message");
    [&[0], &length.to_be_bytes()[..], message].concat()
}

/// A request of so many bytes.
fn of_size(bytes: usize) -> Vec<u8> {
    let mut asked = request(&serde_json::from_str(REQUEST).expect("JSON"));
    let text = |length: usize| {
        let value = v1::Value { kind: Some(v1::value::Kind::StringValue("x".repeat(length))) };
        v1::evaluate_request::ContextEntry { key: "filler".to_owned(), value: Some(value) }
    };
    asked.context.push(text(bytes / 2));
    // What the message has beside the text grows by nothing while its length stays of one size.
    let beside = asked.encoded_len() - bytes / 2;
    asked.context.pop();
    asked.context.push(text(bytes - beside));
    let message = asked.encode_to_vec();
    assert_eq!(message.len(), bytes);
    message
}

#[test]
fn a_message_may_have_as_many_bytes_as_the_limit_says() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &[]);
    let connection = Connection::to(&server.grpc_address());
    let send = |message: &[u8]| connection.send(framed(message), &[GRPC]);
    assert_eq!(grpc_status(&send(&of_size(MEBIBYTE))), None);
    assert_eq!(grpc_status(&send(&of_size(MEBIBYTE + 1))), Some("8"));
    let records = records(&folder.path().join("state/audit.jsonl"));
    let kinds: Vec<_> = records.iter().map(|record| record["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["decision", "refused"]);
}

/// What a prefix announces is refused before it comes, and nothing is kept for it.
#[test]
fn an_announced_message_of_four_gibibytes_takes_no_memory() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &[]);
    let connection = Connection::to(&server.grpc_address());
    let announce = || {
        let prefix = vec![0, 0xff, 0xff, 0xff, 0xff];
        let response = connection.runtime.block_on(connection.open(prefix, &[GRPC]));
        assert_eq!(grpc_status(&response), Some("8"));
    };
    announce();
    let before = server.memory();
    (0..100).for_each(|_| announce());
    let grown = server.memory().saturating_sub(before);
    assert!(grown < 16 * 1024 * 1024, "{grown} bytes");
}

#[test]
fn what_is_no_message_is_refused_and_recorded() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &[]);
    let connection = Connection::to(&server.grpc_address());
    let good = request(&serde_json::from_str(REQUEST).expect("JSON")).encode_to_vec();
    let with = |more: &[u8]| framed(&[&good[..], more].concat());
    let compressed = [&[1][..], &framed(&good)[1..]].concat();
    let cases = [
        (Vec::new(), "syntax", None),
        (vec![0, 0, 0], "syntax", None),
        (framed(&good)[..good.len()].to_vec(), "syntax", None),
        ([framed(&good), framed(&good)].concat(), "syntax", None),
        (compressed, "syntax", None),
        (framed(b"\xff\xff\xff"), "syntax", None),
        // The action is no UTF-8.
        (framed(b"\x12\x01\xff"), "syntax", None),
        // A part is longer than the message.
        (framed(b"\x0a\xff\xff\xff\xff\x0f"), "syntax", None),
        // Ten thousand lists in each other.
        (framed(&deep(10_000)), "size", None),
        // Field 99; an action twice; an actor whose id comes twice; two kinds of one value.
        (with(b"\x9a\x06\x00"), "shape", Some("99")),
        (with(b"\x12\x04read"), "shape", Some("action")),
        (framed(b"\x0a\x06\x0a\x01a\x0a\x01b"), "shape", Some("actor.actor_id")),
        (
            framed(b"\x22\x09\x0a\x01a\x12\x04\x10\x01\x18\x01"),
            "shape",
            Some("context[0].value.int_value"),
        ),
        (framed(b"\x0a\x03\x9a\x06\x00"), "shape", Some("actor.99")),
    ];
    for (number, (body, kind, field)) in cases.iter().enumerate() {
        let reply = connection.send(body.clone(), &[GRPC]);
        let status = if *kind == "size" { "8" } else { "3" };
        assert_eq!(grpc_status(&reply), Some(status), "{number}: {reply:?}");
        assert_eq!(reply.headers()["content-type"], "application/grpc");
        let last = records(&folder.path().join("state/audit.jsonl")).pop().expect("a record");
        assert_eq!(
            (&last["kind"], &last["error"]["kind"]),
            (&Value::from("refused"), &Value::from(*kind)),
            "{number}: {last}"
        );
        assert_eq!(last["error"]["field"].as_str(), *field, "{number}: {last}");
    }
    let untimely = connection.send(framed(&good), &[GRPC, ("grpc-timeout", "soon")]);
    assert_eq!(grpc_status(&untimely), Some("3"));
}

/// The bytes of a request whose context holds lists in lists.
fn deep(lists: usize) -> Vec<u8> {
    let within = |tag: u8, bytes: &[u8]| {
        let mut part = vec![tag];
        prost::encoding::encode_varint(bytes.len() as u64, &mut part);
        part.extend_from_slice(bytes);
        part
    };
    let list = (0..lists).fold(vec![0x10, 1], |value, _| within(0x3a, &within(0x0a, &value)));
    within(0x22, &within(0x12, &list))
}

#[test]
fn what_is_no_call_is_told_so() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &[]);
    let address = server.grpc_address();
    let good = framed(&request(&serde_json::from_str(REQUEST).expect("JSON")).encode_to_vec());
    let mut connection = Connection::to(&address);
    // A web page can send this without asking first.
    let page = connection.send(good.clone(), &[("content-type", "text/plain")]);
    assert_eq!(page.status(), 415);
    let compressed = connection.send(good.clone(), &[GRPC, ("grpc-encoding", "gzip")]);
    assert_eq!(grpc_status(&compressed), Some("12"));
    assert_eq!(compressed.headers()["grpc-accept-encoding"], "identity");
    for (host, status) in [
        ("evil.example", Some("7")),
        ("127.0.0.1.evil.example:7022", Some("7")),
        ("LOCALHOST:1", None),
    ] {
        connection = connection.naming(host);
        assert_eq!(grpc_status(&connection.send(good.clone(), &[GRPC])), status, "{host}");
    }
    let get = curl(&format!("http://{address}{METHOD}"), &["--http2-prior-knowledge"]);
    assert_eq!(get.status, 405);
    for path in ["/pdp.v1.PolicyDecisionService/Decide", "/pdp.v2.Other/Evaluate", "/"] {
        let url = format!("http://{address}{path}");
        let reply = curl(&url, &["--http2-prior-knowledge", "-H", HEADER, "-d", ""]);
        assert_eq!((reply.status, reply.header("grpc-status")), (200, Some("12")), "{path}");
    }
}

#[test]
fn a_unix_socket_is_a_door_too() {
    let folder = folder(&[]);
    let socket = folder.path().join("grpc.sock").display().to_string();
    let listen = format!("127.0.0.1:0,unix:{socket}");
    // Without an HTTP door.
    let server = Server::start(folder.path(), &["--http-listen", "", "--grpc-listen", &listen]);
    server.wait_for("address=unix:");
    let good = request(&serde_json::from_str(REQUEST).expect("JSON")).encode_to_vec();
    let file = folder.path().join("body");
    std::fs::write(&file, framed(&good)).expect("a file");
    let data = format!("@{}", file.display());
    let arguments =
        ["--http2-prior-knowledge", "--unix-socket", &socket, "-H", HEADER, "--data-binary", &data];
    let reply = curl(&format!("http://any.name{METHOD}"), &arguments);
    assert_eq!((reply.status, reply.header("grpc-status")), (200, None), "{reply:?}");
    assert!(reply.body.contains("channel_member"), "{reply:?}");
}
