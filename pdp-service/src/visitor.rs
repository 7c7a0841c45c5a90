//! Who sent a request, and what it is told.

use std::sync::Arc;

use http::Response;

use crate::{Caller, Hosts, Refusal, Right, Sender, Service, Visit};

/// The sender of a request at a door.
pub struct Visitor<'a> {
    service: &'a Service,
    hosts: &'a Hosts,
    door: &'static str,
    sender: Sender<'a>,
    caller: Option<Arc<Caller>>,
}

impl<'a> Visitor<'a> {
    /// The sender at `door`, which is a door to `service` and may be called by `hosts`.
    pub fn new(
        service: &'a Service,
        hosts: &'a Hosts,
        door: &'static str,
        sender: Sender<'a>,
    ) -> Self {
        Visitor { service, hosts, door, sender, caller: None }
    }

    /// Finds out who it is, and whether it has a right.
    ///
    /// # Errors
    ///
    /// [`Refusal`] where it shows nothing that can be taken, is nobody, or has not the right.
    pub fn admit(&mut self, right: Right) -> Result<Arc<Caller>, Refusal> {
        let credential = self.sender.credential(self.hosts)?;
        let caller = self.service.admit(credential, right)?;
        self.caller = Some(Arc::clone(&caller));
        Ok(caller)
    }

    /// What records say of how the question came in.
    pub fn visit(&self) -> Visit<'a> {
        self.sender.visit(self.door)
    }

    /// What the sender gets, under the name that it gave its question. Of a refusal, which `refuse`
    /// puts into the words of the door, there is a record.
    pub async fn answer<B>(
        &self,
        outcome: Result<Response<B>, Refusal>,
        refuse: impl FnOnce(&Refusal) -> Response<B>,
    ) -> Response<B> {
        let mut response = match outcome {
            Ok(response) => response,
            Err(refusal) => {
                let caller = self.caller.as_ref().map(|caller| caller.name.as_str());
                self.service.refuse(&self.visit(), caller, &refusal).await;
                refuse(&refusal)
            }
        };
        self.sender.name(response.headers_mut());
        response
    }
}
