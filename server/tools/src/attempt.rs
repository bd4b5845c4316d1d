//! A call is made, or the user is to be asked first.

use std::time::Duration;

use common::{
    message::CallDetails,
    state::{About, Mode},
};
use serde_json::Value;
use store::Fingerprint;
use workspace::FilePath;

use super::{
    AnyTool, ApprovalRule, Preview, Run, ToolDone, ToolFailure, fetch_url::Visit, find, nearby,
    no_such_tool, slices::SlicedRun, tool::ToolContext,
};

/// How far a call has come.
#[derive(Debug)]
pub enum Begun {
    /// It is over, or nothing was begun.
    Over(Attempt),
    /// A page has to be fetched; its outcome is the outcome of the call.
    Visit(Visit),
    /// It goes on once others had their turn.
    Slices(SlicedRun),
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Attempt {
    /// It was made.
    Done {
        /// What it led to.
        done: ToolDone,
        /// What it has changed, for people.
        details: CallDetails,
    },
    /// The user has to allow it first. Nothing was changed.
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

    /// With the time that the call took, when there is anything to tell.
    #[must_use]
    pub fn that_took(mut self, time: Duration) -> Self {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        if let Self::Done { details, .. } = &mut self {
            details.took = Some(millis).filter(|millis| *millis > 0);
        }
        self
    }
}

/// Makes a call, or begins to, unless the user has to agree to it. `shown`: the user has, to this.
///
/// # Errors
/// When there is no such tool, the input is not what it takes, it would do something else than what the user has agreed
/// to, or it fails. The text is for the model; nothing was changed then.
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
            // What is previewed is what is done: nothing comes in between.
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
        Run::Done(done) => Begun::Over(Attempt::Done { done, details }),
        Run::Visit(visit) => Begun::Visit(visit),
        Run::Slices(rest) => return SlicedRun::new(rest, input).next(context),
    })
}

/// A call that changed no file is over.
pub(super) fn over(done: ToolDone) -> Begun {
    Begun::Over(Attempt::done(done))
}

/// Runs a tool, or begins to.
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

/// What a call will change, found out without changing anything: nobody is asked about a call that cannot be made.
pub(super) fn preview(
    tool: &dyn AnyTool,
    input: &Value,
    context: &ToolContext<'_>,
) -> Result<Preview, ToolFailure> {
    let trial = context.workspace.trial(|workspace| {
        let context = ToolContext {
            workspace: *workspace,
            ..*context
        };
        tool.run(input, &context)
    })?;
    Ok(Preview::of(tool.name(), input, trial))
}

fn is_unasked(
    rule: ApprovalRule,
    tool: &dyn AnyTool,
    preview: &Preview,
    context: &ToolContext<'_>,
) -> bool {
    // What the model is to follow is never its own to change.
    if preview.paths.iter().any(FilePath::is_instructions) {
        return false;
    }
    match (rule, context.about.mode) {
        (ApprovalRule::Never, Mode::Ask | Mode::AutoEdit)
        | (ApprovalRule::ForEdits, Mode::AutoEdit) => true,
        (ApprovalRule::ForEdits, Mode::Ask) => preview.is_granted(tool.name(), context),
        (ApprovalRule::Always, Mode::Ask | Mode::AutoEdit) => false,
    }
}

/// Whether some call of the tool is made without asking.
#[must_use]
pub fn may_run_unasked(tool: &dyn AnyTool, about: &About) -> bool {
    match (tool.approval(), about.mode) {
        (ApprovalRule::Never, Mode::Ask | Mode::AutoEdit)
        | (ApprovalRule::ForEdits, Mode::AutoEdit) => true,
        (ApprovalRule::ForEdits, Mode::Ask) => {
            let mut grants = about.allowed.iter();
            grants.any(|grant| grant.tool == tool.name())
        }
        (ApprovalRule::Always, Mode::Ask | Mode::AutoEdit) => false,
    }
}
