//! `annotateApproval({toolCallId, reason?, always?})`.

use common::{
    id::ToolCallId,
    message::MAX_REASON_CHARS,
    state::{MAX_GRANTS, MAX_PATHS_CHARS},
};
use serde::Deserialize;
use store::{CallApproval, Note};
use tools::ApprovalRule;
use workspace::{FilePath, Glob};

use super::{CallError, Reply};
use crate::{attached::ConnectionKey, context::Context, machine::Parts};

/// What a client says of an approval, beside the yes or no that it sends next (`cf_agent_tool_approval`).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Annotation {
    tool_call_id: String,
    reason: Option<String>,
    always: Option<String>,
}

impl Parts {
    /// Keeps what a client says until its answer comes. Saying it again changes nothing.
    pub(super) fn annotate_approval(
        &mut self,
        cx: &mut Context<'_>,
        caller: ConnectionKey,
        (annotation,): (Annotation,),
    ) -> Result<Reply, CallError> {
        let refused = |words: String| Err(CallError::Refused(words));
        let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let (reason, always) = (filled(annotation.reason), filled(annotation.always));
        let call = ToolCallId::new(annotation.tool_call_id);
        let Some(by) = self.connections.id(caller).cloned() else {
            return refused("The connection is gone".to_owned());
        };
        let Some(approval) = self.approvals.get(&call) else {
            return refused("There is no call of this id that waits for an approval".to_owned());
        };
        if let Some(decision) = approval.state.decision() {
            return refused(format!("The call was {decision} already"));
        }
        if reason
            .as_deref()
            .is_some_and(|reason| is_longer(reason, MAX_REASON_CHARS))
        {
            return refused(format!(
                "`reason` is longer than {MAX_REASON_CHARS} characters"
            ));
        }
        if let Some(paths) = &always {
            self.check_grant(approval, paths)?;
        }
        let note = Note { by, reason, always };
        let write = self.approvals.note(&call, note);
        cx.persist(write.into_iter().collect());
        Ok(Reply::Done)
    }

    fn check_grant(&self, approval: &CallApproval, paths: &str) -> Result<(), CallError> {
        let refused = |words: String| Err(CallError::Refused(words));
        let tool = &approval.tool;
        match tools::find(tool).map(tools::AnyTool::approval) {
            Some(ApprovalRule::ForEdits) => {}
            Some(ApprovalRule::Never | ApprovalRule::Always) | None => {
                return refused(format!(
                    "`{tool}` does not change files alone, so each of its calls is asked about"
                ));
            }
        }
        if is_longer(paths, MAX_PATHS_CHARS) {
            return refused(format!(
                "`always` is longer than {MAX_PATHS_CHARS} characters"
            ));
        }
        if self.synced.about().allowed.len() >= MAX_GRANTS {
            return refused(format!(
                "{MAX_GRANTS} things are allowed for good already: take one of them back first"
            ));
        }
        match Glob::parse(paths, &FilePath::root()) {
            Ok(_) => Ok(()),
            Err(error) => refused(format!("`always` cannot be read: {error}")),
        }
    }
}

fn is_longer(text: &str, limit: usize) -> bool {
    text.chars().nth(limit).is_some()
}
