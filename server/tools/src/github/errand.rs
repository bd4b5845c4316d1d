//! Errands: runs of tools that talk to GitHub. The tool decides what is requested; the platform sends it.

use common::message::{CallDetails, SentRequest};
use github::{Api, Client, Wire};
use serde::de::DeserializeOwned;
use serde_json::Value;
use workspace::Trial;

use super::{
    create_pull_request, get_file_contents, get_issue, get_pull_request, get_repository,
    import_repository, list_issues, list_pull_requests, search_code, session::Session,
};
use crate::{
    AnyTool, ApprovalRule, Attempt, Run, ToolContext, ToolDone, ToolFailure,
    schema::Described,
    tool::{read, trial},
};

/// The most requests in the details of a call; the others are counted.
const TOLD_REQUESTS: usize = 40;

/// What surrounds a run that waits or works in slices.
pub trait Surroundings {
    /// Does something with all that a tool may touch. `None`: the run is not wanted any more.
    fn with_context<T>(&self, work: impl FnOnce(&ToolContext<'_>) -> T) -> Option<T>;

    /// Lets other work go first.
    fn pause(&self) -> impl Future<Output = ()>;
}

/// What surrounds a run that talks to GitHub.
pub trait Errands: Surroundings + Wire {
    /// The GitHub server.
    fn github(&self) -> Api;
}

/// A run of a tool that talks to GitHub.
#[derive(Debug)]
pub struct Errand {
    kind: Kind,
    /// What the user was shown, for the details.
    details: CallDetails,
}

/// The tool, with its input.
#[derive(Debug)]
pub(crate) enum Kind {
    ImportRepository(import_repository::Input),
    GetRepository(get_repository::Input),
    GetFileContents(get_file_contents::Input),
    SearchCode(search_code::Input),
    ListIssues(list_issues::Input),
    GetIssue(get_issue::Input),
    ListPullRequests(list_pull_requests::Input),
    GetPullRequest(get_pull_request::Input),
    CreatePullRequest(create_pull_request::Input),
}

/// A tool that talks to GitHub.
pub(crate) trait ErrandTool: Sync {
    /// The input type, from which the schema for the model is generated.
    type Input: DeserializeOwned + Described;

    /// Its name: `a-z` and `_`.
    const NAME: &'static str;

    /// The description for the model: what the tool does, and when to call it.
    const DESCRIPTION: &'static str;

    /// When the user is asked first.
    const APPROVAL: ApprovalRule = ApprovalRule::Never;

    /// Whether a run may be dropped at any time, since it changes nothing before its end.
    const MAY_BE_DROPPED: bool = true;

    /// The error for the model when an eviction interrupted a run.
    const CUT_OFF: &'static str =
        "Talking to GitHub was interrupted. It changed nothing: call the tool again.";

    /// Checks what can be checked without GitHub, and begins.
    fn begin(&self, input: Self::Input, context: &ToolContext<'_>) -> Result<Kind, ToolFailure>;

    /// What the user is shown before the call runs; nothing by default.
    fn shown(&self, _context: &ToolContext<'_>) -> Result<Option<Trial>, ToolFailure> {
        Ok(None)
    }
}

/// An errand tool as a member of the tool list.
#[derive(Debug)]
pub(crate) struct OnErrand<T>(pub(crate) T);

impl<T: ErrandTool> AnyTool for OnErrand<T> {
    fn name(&self) -> &'static str {
        T::NAME
    }

    fn description(&self) -> &'static str {
        T::DESCRIPTION
    }

    fn parameters(&self) -> Value {
        T::Input::schema()
    }

    fn approval(&self) -> ApprovalRule {
        T::APPROVAL
    }

    fn takes_time(&self) -> bool {
        T::MAY_BE_DROPPED
    }

    fn cut_off(&self) -> &'static str {
        T::CUT_OFF
    }

    fn run(&self, input: &Value, context: &ToolContext<'_>) -> Result<Run, ToolFailure> {
        let kind = self.0.begin(read(input)?, context)?;
        let details = CallDetails::default();
        Ok(Run::Errand(Errand { kind, details }))
    }

    fn trial(&self, input: &Value, context: &ToolContext<'_>) -> Result<Trial, ToolFailure> {
        let tried = trial(self, input, context)?;
        Ok(self.0.shown(context)?.unwrap_or(tried))
    }
}

impl Errand {
    /// The same with details for people.
    pub(crate) fn with_details(self, details: CallDetails) -> Self {
        Self { details, ..self }
    }

    /// Runs to the end. Nothing is awaited between a change of the workspace and the result.
    ///
    /// # Errors
    /// When the call fails; with the requests that were sent.
    pub async fn run(self, platform: &impl Errands) -> Result<Attempt, ToolFailure> {
        let session = Session::new(platform, Client::new(platform, platform.github()));
        let result = perform(self.kind, &session).await;
        let requests = reported(&session);
        match result {
            Ok(done) => Ok(Attempt::Done {
                done,
                details: CallDetails {
                    requests,
                    ..self.details
                },
            }),
            Err(ToolFailure::Explained(reported)) => {
                Err(ToolFailure::Requested { reported, requests })
            }
            Err(other @ (ToolFailure::Broken(_) | ToolFailure::Requested { .. })) => Err(other),
        }
    }
}

async fn perform<P: Errands>(
    kind: Kind,
    session: &Session<'_, P>,
) -> Result<ToolDone, ToolFailure> {
    match kind {
        Kind::ImportRepository(input) => import_repository::run(input, session).await,
        Kind::GetRepository(input) => get_repository::run(input, session).await,
        Kind::GetFileContents(input) => get_file_contents::run(input, session).await,
        Kind::SearchCode(input) => search_code::run(input, session).await,
        Kind::ListIssues(input) => list_issues::run(input, session).await,
        Kind::GetIssue(input) => get_issue::run(input, session).await,
        Kind::ListPullRequests(input) => list_pull_requests::run(input, session).await,
        Kind::GetPullRequest(input) => get_pull_request::run(input, session).await,
        Kind::CreatePullRequest(input) => create_pull_request::run(input, session).await,
    }
}

/// The requests of a run, for the details.
fn reported<P: Errands>(session: &Session<'_, P>) -> Vec<SentRequest> {
    let sent = session.client.sent();
    let mut reported: Vec<SentRequest> = sent
        .iter()
        .take(TOLD_REQUESTS)
        .map(|sent| SentRequest {
            method: sent.method.to_owned(),
            path: sent.path.clone(),
            status: u64::from(sent.status),
            again: sent.times.saturating_sub(1),
        })
        .collect();
    let more: u64 = sent.iter().skip(TOLD_REQUESTS).map(|sent| sent.times).sum();
    if let Some(last) = reported.last_mut().filter(|_| more > 0) {
        last.again += more;
    }
    reported
}
