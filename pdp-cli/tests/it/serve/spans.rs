use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use tokio::runtime::Runtime;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Identity, Server as Transport, ServerTlsConfig};
use tonic::{Request, Response, Status};

use super::answers::{EVALUATE, REQUEST};
use super::authority::Authority;
use super::server::{Server, command};
use crate::support::folder;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

fn parent(flags: &str) -> String {
    format!("traceparent: 00-{TRACE}-b7ad6b7169203331-{flags}")
}

/// A collector, which gives on what it is sent.
struct Collector {
    address: SocketAddr,
    sent: Receiver<ExportTraceServiceRequest>,
    _runtime: Runtime,
}

struct Taking(Sender<ExportTraceServiceRequest>);

#[tonic::async_trait]
impl TraceService for Taking {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.0.send(request.into_inner()).map_err(|_| Status::unavailable("the test is over"))?;
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

impl Collector {
    fn start() -> Self {
        Self::run(Transport::builder())
    }

    fn run(mut transport: Transport) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let (sender, sent) = channel();
        let incoming = runtime.block_on(async {
            TcpIncoming::bind("127.0.0.1:0".parse().expect("an address")).expect("a port")
        });
        let address = incoming.local_addr().expect("an address");
        let service = TraceServiceServer::new(Taking(sender));
        runtime.spawn(transport.add_service(service).serve_with_incoming(incoming));
        Collector { address, sent, _runtime: runtime }
    }

    fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All spans that came, once nobody sends any more.
    fn spans(&self) -> Vec<Span> {
        let requests = self.sent.try_iter();
        let resources = requests.flat_map(|request| request.resource_spans);
        let scopes = resources.flat_map(|resource| resource.scope_spans);
        scopes.flat_map(|scope| scope.spans).collect()
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn attribute(attributes: &[KeyValue], key: &str) -> Value {
    let found = attributes.iter().find(|attribute| attribute.key == key);
    let value = found.and_then(|found| found.value.clone()).and_then(|value| value.value);
    value.unwrap_or_else(|| panic!("no `{key}` in {attributes:?}"))
}

fn text(value: &str) -> Value {
    Value::StringValue(value.to_owned())
}

/// Tells a server to end, which sends what there is still to send.
fn end(server: Server) {
    server.signal("TERM");
    assert!(server.end().success());
}

#[test]
fn a_span_continues_the_trace_of_the_caller() {
    let collector = Collector::start();
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &["--otel-endpoint", &collector.endpoint()]);
    let key = "Authorization: Bearer s3cret";
    let headers = ["-H", &parent("01"), "-H", "tracestate: vendor=word", "-H", key];
    let path = format!("{EVALUATE}?token=s3cret");
    assert_eq!(server.curl(&path, &[&headers[..], &["-d", REQUEST]].concat()).status, 401);
    assert_eq!(server.curl(EVALUATE, &["-H", &parent("01"), "-d", REQUEST]).status, 200);
    // Its caller does not keep this one.
    assert_eq!(server.curl(EVALUATE, &["-H", &parent("00"), "-d", REQUEST]).status, 200);
    end(server);
    let spans = collector.spans();
    assert_eq!(spans.len(), 2, "{spans:#?}");
    for (span, status) in spans.iter().zip([401, 200]) {
        assert_eq!(hexadecimal(&span.trace_id), TRACE);
        assert_eq!(hexadecimal(&span.parent_span_id), "b7ad6b7169203331");
        assert_eq!(span.name, EVALUATE);
        assert_eq!(attribute(&span.attributes, "pdp.door"), text("http"));
        let answered = attribute(&span.attributes, "http.response.status_code");
        assert_eq!(answered, Value::IntValue(status));
        assert!(!format!("{span:?}").contains("s3cret"));
    }
    assert_eq!(spans[0].trace_state, "vendor=word");
}

#[test]
fn a_span_says_what_became_of_the_request() {
    let collector = Collector::start();
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &["--otel-endpoint", &collector.endpoint()]);
    let ask = |path: &str, body: &str| server.curl(path, &["-H", &parent("01"), "-d", body]).json();
    let stranger = REQUEST.replace("user:93", "user:nobody");
    let answer = ask(EVALUATE, REQUEST);
    let denied = ask(EVALUATE, &stranger);
    ask(
        &format!("{EVALUATE}/batch"),
        &format!("{{\"requests\": [{REQUEST}, {stranger}, {stranger}]}}"),
    );
    ask(EVALUATE, "{");
    end(server);
    let spans = collector.spans();
    let [one, deny, batch, refused] = spans.as_slice() else { panic!("{spans:#?}") };
    for (span, answer) in [(one, &answer), (deny, &denied)] {
        let stands = |name: &str, path: &str| {
            let wanted = answer.pointer(path).and_then(|value| value.as_str()).expect("a text");
            assert_eq!(attribute(&span.attributes, name), text(wanted), "{name}");
        };
        stands("pdp.decision.id", "/decision_id");
        stands("pdp.decision.effect", "/effect");
        stands("pdp.decision.reason", "/reason");
        stands("pdp.policy.digest", "/policy/digest");
        assert_eq!(attribute(&span.attributes, "pdp.policy.revision"), Value::IntValue(1));
        assert!(!format!("{span:?}").contains("user:"), "{span:?}");
    }
    assert_ne!(answer["effect"], denied["effect"]);
    let rule = answer["rule"]["id"].as_str().expect("a rule");
    assert_eq!(attribute(&one.attributes, "pdp.decision.rule"), text(rule));
    assert_eq!(attribute(&batch.attributes, "pdp.batch.permits"), Value::IntValue(1));
    assert_eq!(attribute(&batch.attributes, "pdp.batch.denies"), Value::IntValue(2));
    assert_eq!(attribute(&refused.attributes, "pdp.refusal.kind"), text("syntax"));
}

#[test]
fn of_so_many_requests_without_a_trace_there_are_spans() {
    for (per_thousand, wanted) in [("1000", 8), ("0", 0)] {
        let collector = Collector::start();
        let folder = folder(&[]);
        let server = Server::start(
            folder.path(),
            &["--otel-endpoint", &collector.endpoint(), "--otel-sample-per-thousand", per_thousand],
        );
        for _ in 0..7 {
            assert_eq!(server.curl(EVALUATE, &["-d", REQUEST]).status, 200);
        }
        assert_eq!(server.curl("/no/such/path", &[]).status, 404);
        end(server);
        let spans = collector.spans();
        assert_eq!(spans.len(), wanted, "{per_thousand}");
        assert!(spans.iter().all(|span| !span.name.contains("such")));
    }
}

#[test]
fn the_environment_names_the_collector_and_the_service() {
    let collector = Collector::start();
    let folder = folder(&[]);
    let mut command = command(folder.path(), &[]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint());
    command.env("OTEL_SERVICE_NAME", "gate");
    let server = Server::run(&mut command);
    assert_eq!(server.curl(EVALUATE, &["-H", &parent("01"), "-d", REQUEST]).status, 200);
    end(server);
    let request = collector.sent.try_recv().expect("spans");
    let resource = request.resource_spans[0].resource.as_ref().expect("a resource");
    assert_eq!(attribute(&resource.attributes, "service.name"), text("gate"));
}

/// The machine trusts whom `SSL_CERT_FILE` names.
#[test]
fn spans_go_by_tls_to_whom_the_machine_trusts() {
    for (trusted, wanted) in [("authority", 1), ("other", 0)] {
        let folder = folder(&[]);
        let authority = Authority::new(folder.path(), "authority");
        Authority::new(folder.path(), "other");
        let pair = authority.server("collector");
        let read = |path: &str| fs::read(path).expect("a file");
        let identity = Identity::from_pem(read(&pair.certificate), read(&pair.key));
        let tls = ServerTlsConfig::new().identity(identity);
        let collector = Collector::run(Transport::builder().tls_config(tls).expect("TLS"));
        let endpoint = collector.endpoint().replace("http:", "https:");
        let mut command = command(folder.path(), &["--otel-endpoint", &endpoint]);
        command.env("SSL_CERT_FILE", folder.path().join(format!("{trusted}.pem")));
        let server = Server::run(&mut command);
        assert_eq!(server.curl(EVALUATE, &["-H", &parent("01"), "-d", REQUEST]).status, 200);
        end(server);
        assert_eq!(collector.spans().len(), wanted, "{trusted}");
    }
}

/// One that is away, and one that takes connections and says nothing.
#[test]
fn a_collector_that_is_away_fails_no_decision() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = silent.local_addr().map(|address| (address, silent)).expect("an address");
    for endpoint in ["http://127.0.0.1:9".to_owned(), format!("http://{}", silent.0)] {
        let folder = folder(&[]);
        let settings = ["--otel-endpoint", &endpoint, "--otel-sample-per-thousand", "1000"];
        let server =
            Server::start(folder.path(), &[&settings[..], &["--audit-mode", "off"]].concat());
        // More than wait in the queue.
        let batch = format!("{EVALUATE}?[1-3000]");
        let begun = Instant::now();
        let reply = server.curl(&batch, &["--no-progress-meter", "-d", REQUEST]);
        assert_eq!(reply.body.matches("channel_member").count(), 3_000);
        assert!(begun.elapsed() < Duration::from_secs(25), "{:?}", begun.elapsed());
        if endpoint.ends_with(":9") {
            server.wait_for("spans are lost");
        }
        let begun = Instant::now();
        end(server);
        assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    }
}

#[test]
fn what_is_no_collector_ends_the_start() {
    let folder = folder(&[]);
    for endpoint in ["127.0.0.1:4317", "http://", "ftp://a"] {
        let output = command(folder.path(), &["--otel-endpoint", endpoint]).output();
        let output = output.expect("pdp runs");
        assert_eq!(output.status.code(), Some(1), "{endpoint}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("otel.endpoint"), "{output:?}");
    }
}
