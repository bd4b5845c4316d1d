//! Sends requests and records them.

use std::{cell::RefCell, ops::ControlFlow};

use crate::{Api, Call, GithubError, Head, Hop, Request};

/// The most bytes read of an answer that is an error.
const ERROR_BYTES: usize = 100_000;

/// Sends one HTTP request.
pub trait Wire {
    /// Sends a hop and passes the body of the answer to `take` as it comes, with the head, until `take` breaks. Returns the
    /// head. It adds the token where [`Hop::is_authorized`] says so, and follows no redirect.
    ///
    /// # Errors
    /// Why there is no answer, or no whole one.
    fn send(
        &self,
        hop: &Hop,
        take: &mut dyn FnMut(&Head, &[u8]) -> ControlFlow<()>,
    ) -> impl Future<Output = Result<Head, String>>;
}

/// A request that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The method.
    pub method: &'static str,
    /// The path, without the query.
    pub path: String,
    /// The status of the answer; zero when there was none.
    pub status: u16,
    /// How often in a row.
    pub times: u64,
}

/// A client for one run of a tool.
#[derive(Debug)]
pub struct Client<'w, W> {
    wire: &'w W,
    api: Api,
    sent: RefCell<Vec<Sent>>,
}

impl<'w, W: Wire> Client<'w, W> {
    /// A client of this server.
    pub const fn new(wire: &'w W, api: Api) -> Self {
        Self {
            wire,
            api,
            sent: RefCell::new(Vec::new()),
        }
    }

    /// The server.
    pub const fn api(&self) -> &Api {
        &self.api
    }

    /// The requests sent so far.
    pub fn sent(&self) -> Vec<Sent> {
        self.sent.borrow().clone()
    }

    /// Makes a call.
    ///
    /// # Errors
    /// When there is no answer, or an unexpected one.
    pub async fn call<T>(&self, call: Call<T>) -> Result<T, GithubError> {
        let Call { request, read } = call;
        let mut body = Vec::new();
        let mut is_over = false;
        let head = self
            .send(&request, &mut |bytes| {
                body.extend_from_slice(bytes);
                is_over = body.len() > request.limit;
                if is_over {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })
            .await?;
        if is_over {
            return Err(GithubError::TooLarge {
                subject: request.subject,
                limit: request.limit,
            });
        }
        read(&head, body).map_err(|reason| GithubError::Unreadable {
            subject: request.subject,
            reason,
        })
    }

    /// The answer to a call for something that may be missing.
    ///
    /// # Errors
    /// As [`Self::call`], except when it is missing.
    pub async fn find<T>(&self, call: Call<T>) -> Result<Option<T>, GithubError> {
        match self.call(call).await {
            Ok(found) => Ok(Some(found)),
            Err(GithubError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sends a request and passes the bytes of its answer on, until `take` breaks.
    ///
    /// # Errors
    /// When there is no answer, or an unexpected one.
    pub async fn stream(
        &self,
        request: &Request,
        take: &mut dyn FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<(), GithubError> {
        self.send(request, take).await.map(drop)
    }

    /// Sends a request, with its redirects. Only a success reaches `take`.
    async fn send(
        &self,
        request: &Request,
        take: &mut dyn FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<Head, GithubError> {
        let mut hop = Hop::first(&self.api, request);
        loop {
            let mut error = Vec::new();
            let answered = self
                .wire
                .send(&hop, &mut |head, bytes| {
                    if head.is_success() {
                        return take(bytes);
                    }
                    error.extend_from_slice(bytes);
                    if error.len() > ERROR_BYTES {
                        return ControlFlow::Break(());
                    }
                    ControlFlow::Continue(())
                })
                .await;
            self.record(&hop, answered.as_ref().map_or(0, |head| head.status));
            let head = answered.map_err(|reason| GithubError::Unreached {
                subject: request.subject.clone(),
                reason,
            })?;
            if head.is_success() {
                return Ok(head);
            }
            match hop.next(&self.api, request, &head)? {
                Some(next) => hop = next,
                None => return Err(GithubError::of(&self.api, request, &head, &error)),
            }
        }
    }

    fn record(&self, hop: &Hop, status: u16) {
        let mut sent = self.sent.borrow_mut();
        let method = hop.method().name();
        match sent.last_mut() {
            Some(last)
                if last.method == method && last.path == hop.path() && last.status == status =>
            {
                last.times += 1;
            }
            Some(_) | None => sent.push(Sent {
                method,
                path: hop.path().to_owned(),
                status,
                times: 1,
            }),
        }
    }
}
