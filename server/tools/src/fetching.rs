//! Tools that take time: what they read is on the network. A tool says what to ask for and what to make of it; who asks
//! is the edge, and no turn is held up by it.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    AnyTool, ApprovalRule, Run, ToolContext, ToolFailure, fetch_url::Visit, schema::Described,
    tool::read,
};

/// Something that a page is fetched for when the model calls it. It changes nothing.
pub(super) trait FetchTool: Sync {
    /// What it takes. The schema that the model gets is made of it.
    type Input: DeserializeOwned + Described;

    /// Its name: `a-z` and `_`.
    const NAME: &'static str;

    /// What it does and when to call it, for the model.
    const DESCRIPTION: &'static str;

    /// Whether the user is asked first.
    const APPROVAL: ApprovalRule;

    /// The error for the model when an eviction cut a run off.
    const CUT_OFF: &'static str;

    /// What is to be fetched.
    fn prepare(&self, input: Self::Input, context: &ToolContext<'_>) -> Result<Visit, ToolFailure>;
}

/// Such a tool among the others.
#[derive(Debug)]
pub(super) struct Fetching<T>(pub(super) T);

impl<T: FetchTool> AnyTool for Fetching<T> {
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
        true
    }

    fn cut_off(&self) -> &'static str {
        T::CUT_OFF
    }

    fn run(&self, input: &Value, context: &ToolContext<'_>) -> Result<Run, ToolFailure> {
        self.0.prepare(read(input)?, context).map(Run::Visit)
    }
}
