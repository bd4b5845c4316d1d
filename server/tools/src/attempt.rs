//! Attempts: a call runs, or waits for the user's approval.

use std::time::Duration;

use common::{
    message::CallDetails,
    state::{About, Mode},
    workspace::NearLimit,
};
use serde_json::Value;
use store::Fingerprint;
use workspace::FilePath;

use super::{
    AnyTool, ApprovalRule, Preview, Run, ToolDone, ToolFailure, fetch_url::Visit, find,
    github::Errand, nearby, no_such_tool, slices::SlicedRun, tool::ToolContext,
};

/// Said to the model with a change of its draft.
const DRAFTED: &str = "The user decides later whether this stays.";

/// The state of a call after its start.
#[derive(Debug)]
pub enum Begun {
    /// The attempt has ended, or nothing was started.
    Over(Attempt),
    /// A page must be fetched; its result is the result of the call.
    Visit(Visit),
    /// GitHub must be asked; its result is the result of the call.
    Errand(Errand),
    /// The call continues in slices.
    Slices(SlicedRun),
}

/// The result of an attempt.
#[derive(Clone, Debug, PartialEq)]
pub enum Attempt {
    /// The call ran.
    Done {
        /// Its result.
        done: ToolDone,
        /// Its changes, for people.
        details: CallDetails,
    },
    /// The call needs the user's approval. Nothing was changed.
    NeedsApproval(Preview),
}

impl Attempt {
    /// A call that changed no file.
    #[must_use]
    pub fn done(done: ToolDone) -> Self {
        Self::Done {
            done,
            details: CallDetails::default(),
        }
    }

    /// Adds the duration of the call, if there is something to show.
    #[must_use]
    pub fn that_took(mut self, time: Duration) -> Self {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        if let Self::Done { details, .. } = &mut self {
            details.took = Some(millis).filter(|millis| *millis > 0);
        }
        self
    }
}

/// Runs a call, or starts it, unless it needs an approval. `shown`: the preview that the user has approved.
///
/// # Errors
/// When the tool does not exist, the input is invalid, the effect would differ from the approved one, or the call
/// fails. The text is for the model; nothing was changed.
pub fn attempt(
    name: &str,
    input: &Value,
    shown: Option<&Fingerprint>,
    context: &ToolContext<'_>,
) -> Result<Begun, ToolFailure> {
    let tool = find(name).ok_or_else(|| no_such_tool(name, &[]))?;
    let details = match tool.approval() {
        ApprovalRule::Never => CallDetails::default(),
        rule @ (ApprovalRule::ForEdits | ApprovalRule::Always) => {
            // The effect equals the preview, since nothing runs in between.
            let preview = preview(tool, input, context)?;
            match shown {
                Some(shown) => preview.check(shown, context)?,
                None if is_unasked(rule, tool, &preview, context) => {}
                None => return Ok(Begun::Over(Attempt::NeedsApproval(preview))),
            }
            preview.details()
        }
    };
    Ok(match run(tool, input, context)? {
        Run::Done(mut done) => {
            if let (ApprovalRule::ForEdits, Mode::Review) = (tool.approval(), context.about.mode)
                && let Some(output) = done.output.as_object_mut()
            {
                output.insert("draft".to_owned(), DRAFTED.into());
            }
            Begun::Over(Attempt::Done { done, details })
        }
        Run::Visit(visit) => Begun::Visit(visit),
        Run::Errand(errand) => Begun::Errand(errand.with_details(details)),
        Run::Slices(rest) => return SlicedRun::new(rest, input).next(context),
    })
}

/// The result of a call with the limits that its changes have nearly reached, so that the model can act in time.
///
/// # Errors
/// When an SQL statement fails.
pub fn with_limits(
    mut attempt: Attempt,
    rule: ApprovalRule,
    context: &ToolContext<'_>,
) -> Result<Attempt, ToolFailure> {
    if let (ApprovalRule::ForEdits | ApprovalRule::Always, Attempt::Done { done, .. }) =
        (rule, &mut attempt)
        && let Some(output) = done.output.as_object_mut()
    {
        let near = context.workspace.near_limits()?;
        if !near.is_empty() {
            let notices: Vec<String> = near.iter().map(NearLimit::notice).collect();
            output.insert("limits".to_owned(), notices.into());
        }
    }
    Ok(attempt)
}

/// The end of a call that changed no file.
pub(super) fn over(done: ToolDone) -> Begun {
    Begun::Over(Attempt::done(done))
}

/// Runs or starts a tool.
pub(super) fn run(
    tool: &dyn AnyTool,
    input: &Value,
    context: &ToolContext<'_>,
) -> Result<Run, ToolFailure> {
    let mut run = tool.run(input, context)?;
    if let Run::Done(done) = &mut run {
        nearby::tell(done, input, context)?;
    }
    Ok(run)
}

/// The effect of a call, found without changing anything, so that the user is not asked about a call that would fail.
pub(super) fn preview(
    tool: &dyn AnyTool,
    input: &Value,
    context: &ToolContext<'_>,
) -> Result<Preview, ToolFailure> {
    let trial = tool.trial(input, context)?;
    Ok(Preview::of(tool.name(), input, trial))
}

fn is_unasked(
    rule: ApprovalRule,
    tool: &dyn AnyTool,
    preview: &Preview,
    context: &ToolContext<'_>,
) -> bool {
    // The model never changes its own instructions without an approval.
    if preview.paths.iter().any(FilePath::is_instructions) {
        return false;
    }
    match (rule, context.about.mode) {
        (ApprovalRule::Never, Mode::Ask | Mode::AutoEdit | Mode::Review)
        // In a review it changes the draft alone.
        | (ApprovalRule::ForEdits, Mode::AutoEdit | Mode::Review) => true,
        (ApprovalRule::ForEdits, Mode::Ask) => preview.is_granted(tool.name(), context),
        (ApprovalRule::Always, Mode::Ask | Mode::AutoEdit | Mode::Review) => false,
    }
}

/// Whether some calls of the tool run without an approval.
#[must_use]
pub fn may_run_unasked(tool: &dyn AnyTool, about: &About) -> bool {
    match (tool.approval(), about.mode) {
        (ApprovalRule::Never, Mode::Ask | Mode::AutoEdit | Mode::Review)
        | (ApprovalRule::ForEdits, Mode::AutoEdit | Mode::Review) => true,
        (ApprovalRule::ForEdits, Mode::Ask) => {
            let mut grants = about.allowed.iter();
            grants.any(|grant| grant.tool == tool.name())
        }
        (ApprovalRule::Always, Mode::Ask | Mode::AutoEdit | Mode::Review) => false,
    }
}
