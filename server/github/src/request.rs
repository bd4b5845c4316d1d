//! A request before it has an address, and what is read of its answer.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::head::{Head, Page};

/// The most bytes read of an answer with JSON or text.
pub(crate) const ANSWER_BYTES: usize = 16_000_000;

/// The kind of answer that is accepted.
pub(crate) const JSON: &str = "application/vnd.github+json";
pub(crate) const RAW: &str = "application/vnd.github.raw+json";

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates.
    Post,
    /// Changes.
    Patch,
}

impl Method {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
        }
    }
}

/// A request to the API.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub(crate) method: Method,
    /// Below the root of the API, encoded.
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Value>,
    pub(crate) accept: &'static str,
    /// What it is about, in an error: `the repository a/b`.
    pub(crate) subject: String,
    /// Whether its answer may come from the host that serves archives.
    pub(crate) is_archive: bool,
    pub(crate) limit: usize,
}

impl Request {
    pub(crate) fn get(path: impl Into<String>, subject: impl Into<String>) -> Self {
        Self {
            method: Method::Get,
            path: path.into(),
            query: Vec::new(),
            body: None,
            accept: JSON,
            subject: subject.into(),
            is_archive: false,
            limit: ANSWER_BYTES,
        }
    }

    pub(crate) fn send(
        method: Method,
        path: impl Into<String>,
        subject: impl Into<String>,
        body: Value,
    ) -> Self {
        Self {
            method,
            body: Some(body),
            ..Self::get(path, subject)
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(crate) fn with_optional(self, name: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// One page of a list.
    pub(crate) fn page(self, page: u64, size: u64) -> Self {
        self.with("per_page", size.to_string())
            .with("page", page.max(1).to_string())
    }

    pub(crate) const fn accepting(mut self, accept: &'static str) -> Self {
        self.accept = accept;
        self
    }

    pub(crate) const fn at_most(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }
}

/// A request, and how its answer is read.
#[derive(Clone, Debug)]
pub struct Call<T> {
    pub(crate) request: Request,
    pub(crate) read: fn(&Head, Vec<u8>) -> Result<T, String>,
}

impl<T: DeserializeOwned> Call<T> {
    pub(crate) const fn json(request: Request) -> Self {
        Self {
            request,
            read: |_, body| serde_json::from_slice(&body).map_err(|error| error.to_string()),
        }
    }
}

impl<T: DeserializeOwned> Call<Page<T>> {
    /// A list, of which one page is requested.
    pub(crate) const fn page(request: Request) -> Self {
        Self {
            request,
            read: |head, body| {
                let items = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
                Ok(Page {
                    items,
                    next: head.next_page(),
                })
            },
        }
    }
}

impl Call<Vec<u8>> {
    /// Bytes as they are.
    pub(crate) const fn bytes(request: Request) -> Self {
        Self {
            request: request.accepting(RAW),
            read: |_, body| Ok(body),
        }
    }
}
