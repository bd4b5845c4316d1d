//! A call is made, or the user is to be asked first.

use std::time::Duration;

use common::{
    message::CallDetails,
    state::{About, Mode},
};
use serde_json::Value;

use super::{
    AnyTool, ApprovalRule, Preview, Shown, ToolDone, ToolFailure, find, tool::ToolContext,
};

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
    /// The user has to agree to it. Nothing was changed.
    Ask(Preview),
}

impl Attempt {
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

/// Makes a call unless the user has to agree to it. `shown`: the user has, to this.
///
/// # Errors
/// When there is no such tool, the input is not what it takes, it would do something else than what the user has agreed
/// to, or it fails: in words for the model. Nothing was changed then.
pub fn attempt(
    name: &str,
    input: &Value,
    shown: Option<&Shown>,
    context: &ToolContext<'_>,
) -> Result<Attempt, ToolFailure> {
    let tool = find(name).ok_or_else(|| ToolFailure::no_such_tool(name))?;
    let details = match tool.approval() {
        ApprovalRule::Never => CallDetails::default(),
        rule @ (ApprovalRule::ForEdits | ApprovalRule::Always) => {
            // What is previewed is what is done: nothing comes in between.
            let preview = tool.preview(input, context)?;
            match shown {
                Some(shown) => preview.check(shown, context)?,
                None if is_unasked(rule, tool, &preview, context) => {}
                None => return Ok(Attempt::Ask(preview)),
            }
            preview.details()
        }
    };
    let done = tool.run(input, context)?;
    Ok(Attempt::Done { done, details })
}

fn is_unasked(
    rule: ApprovalRule,
    tool: &dyn AnyTool,
    preview: &Preview,
    context: &ToolContext<'_>,
) -> bool {
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
