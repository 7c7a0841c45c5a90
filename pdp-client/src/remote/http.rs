//! Over HTTP/1.1.

use std::collections::BTreeMap;

use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, StatusCode, Uri};
use http_body_util::{BodyExt, Limited};
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use pdp_core::Request;
use pdp_core::wire::{ANSWER_BYTES_MAX, AnswerDocument};
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::remote::client::Call;
use crate::remote::connector::{Connector, IDLE_TIMEOUT};
use crate::{Answer, ClientError, Refused, SettingError, Status};

pub(crate) struct Http {
    client: legacy::Client<Connector, String>,
    places: Semaphore,
    one: Uri,
    batch: Uri,
}

impl Http {
    pub(crate) fn new(
        origin: &str,
        connector: Connector,
        connections: usize,
    ) -> Result<Self, SettingError> {
        let uri = |path: &str| {
            let fault = |_| SettingError::Address {
                address: origin.to_owned(),
                message: "not a URL that a request can name",
            };
            format!("{origin}{path}").parse().map_err(fault)
        };
        // A request is sent again only where its connection had ended before a byte of it was sent.
        let client = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(connections)
            .build(connector);
        Ok(Http {
            client,
            places: Semaphore::new(connections.min(Semaphore::MAX_PERMITS)),
            one: uri("/internal/pdp/evaluate")?,
            batch: uri("/internal/pdp/evaluate/batch")?,
        })
    }

    pub(crate) async fn one(
        &self,
        call: &Call<'_>,
        request: &Request<'_>,
    ) -> Result<Answer, ClientError> {
        let answer = self.post(call, &self.one, json(request)).await?;
        Ok(AnswerDocument::parse(&answer)?.into())
    }

    pub(crate) async fn batch(
        &self,
        call: &Call<'_>,
        requests: &[Request<'_>],
    ) -> Result<Vec<Answer>, ClientError> {
        let body = json(&BTreeMap::from([("requests", requests)]));
        let answers = self.post(call, &self.batch, body).await?;
        Ok(AnswerDocument::parse_batch(&answers)?.into_iter().map(Answer::from).collect())
    }

    /// What is answered to a body of JSON with 200.
    async fn post(&self, call: &Call<'_>, uri: &Uri, body: String) -> Result<Vec<u8>, ClientError> {
        let _place = self.places.acquire().await.expect("it is never closed");
        let mut request = http::Request::post(uri).body(body).expect("the address is a URL");
        *request.headers_mut() = call.headers.clone();
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
        let agent = HeaderValue::from_static(concat!("pdp-client/", env!("CARGO_PKG_VERSION")));
        request.headers_mut().insert(USER_AGENT, agent);
        let response = self.client.request(request).await;
        let response = response.map_err(|error| ClientError::Connection(error.into()))?;
        let status = response.status();
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(ClientError::Connection)?.to_bytes().to_vec();
        if status == StatusCode::OK { Ok(body) } else { Err(refused(status, &body).into()) }
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("keys are texts, and nothing else fails")
}

/// The refusal that a status and a body are (`application/problem+json`).
fn refused(status: StatusCode, body: &[u8]) -> Refused {
    let problem: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| problem[name].as_str().map(str::to_owned);
    Refused {
        status: Status::Http(status.as_u16()),
        kind: text("kind"),
        field: text("field"),
        detail: text("detail")
            .unwrap_or_else(|| status.canonical_reason().unwrap_or_default().to_owned()),
    }
}
