//! What one run uses: the client, the platform, the repository that is meant.

use github::{Call, Client, GithubError, RepositoryName, Wanted};

use super::{errand::Errands, origin::Origin};
use crate::{ToolContext, ToolFailure};

/// What one run uses.
#[derive(Debug)]
pub(super) struct Session<'p, P> {
    pub(super) platform: &'p P,
    pub(super) client: Client<'p, P>,
}

impl<'p, P: Errands> Session<'p, P> {
    pub(super) const fn new(platform: &'p P, client: Client<'p, P>) -> Self {
        Self { platform, client }
    }

    /// Does something with all that a tool may touch.
    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&ToolContext<'_>) -> Result<T, ToolFailure>,
    ) -> Result<T, ToolFailure> {
        let gone = || {
            Err(ToolFailure::Explained(
                "The call is not wanted any more.".to_owned(),
            ))
        };
        self.platform.with_context(work).unwrap_or_else(gone)
    }

    /// Makes a call.
    pub(super) async fn call<T>(&self, call: Call<T>) -> Result<T, ToolFailure> {
        Ok(self.client.call(call).await?)
    }

    /// The repository that a model wrote; without one, that which the workspace was opened from.
    pub(super) fn wanted(&self, written: Option<&str>) -> Result<Wanted, ToolFailure> {
        if let Some(written) = written {
            return wanted(self.client.api(), written);
        }
        let origin = self.with(|context| Origin::of(&context.workspace))?;
        let Some(origin) = origin else {
            let reported = "No repository is open in this conversation: name one, as owner/name.";
            return Err(ToolFailure::Explained(reported.to_owned()));
        };
        Ok(Wanted {
            repository: origin.name()?,
            reference: None,
        })
    }

    /// The same without a branch, tag or commit.
    pub(super) fn repository(&self, written: Option<&str>) -> Result<RepositoryName, ToolFailure> {
        Ok(self.wanted(written)?.repository)
    }
}

/// Reads the repository that a model wrote.
pub(super) fn wanted(api: &github::Api, written: &str) -> Result<Wanted, ToolFailure> {
    api.wanted(written)
        .map_err(|error| ToolFailure::Explained(format!("{error}.")))
}

impl From<GithubError> for ToolFailure {
    fn from(error: GithubError) -> Self {
        Self::Explained(error.to_string())
    }
}
