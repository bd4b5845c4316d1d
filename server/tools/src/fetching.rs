//! Tools that fetch a page. The tool decides what to fetch and makes the output; the edge sends the requests, without
//! blocking the turn.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    AnyTool, ApprovalRule, Run, ToolContext, ToolFailure, fetch_url::Visit, schema::Described,
    tool::read,
};

/// A tool that fetches a page. It changes nothing.
pub(super) trait FetchTool: Sync {
    /// The input type, from which the schema for the model is generated.
    type Input: DeserializeOwned + Described;

    /// Its name: `a-z` and `_`.
    const NAME: &'static str;

    /// The description for the model: what the tool does, and when to call it.
    const DESCRIPTION: &'static str;

    /// When the user is asked first.
    const APPROVAL: ApprovalRule;

    /// The error for the model when an eviction interrupted a run.
    const CUT_OFF: &'static str;

    /// The page to fetch for an input.
    fn prepare(&self, input: Self::Input, context: &ToolContext<'_>) -> Result<Visit, ToolFailure>;
}

/// A fetch tool as a member of the tool list.
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
