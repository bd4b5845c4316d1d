//! Tools that compute for long, since they examine many files. They work in slices, with other work in between, and
//! change nothing, so that a run can be dropped between two slices.

use std::fmt;

use limits::Work;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    AnyTool, ApprovalRule, Begun, Run, ToolContext, ToolDone, ToolFailure, attempt::over, nearby,
    schema::Described, tool::read,
};

/// A tool that works in slices. It changes nothing.
pub(super) trait SlicedTool: Sync {
    /// The input type, from which the schema for the model is generated.
    type Input: DeserializeOwned + Described;

    /// Its name: `a-z` and `_`.
    const NAME: &'static str;

    /// The description for the model: what the tool does, and when to call it.
    const DESCRIPTION: &'static str;

    /// Begins a run.
    fn begin(
        &self,
        input: Self::Input,
        context: &ToolContext<'_>,
    ) -> Result<Box<dyn Slices>, ToolFailure>;
}

/// The rest of a run.
pub trait Slices: fmt::Debug {
    /// Works until the slice is used up.
    ///
    /// # Errors
    /// When the call fails.
    fn slice(
        self: Box<Self>,
        context: &ToolContext<'_>,
        work: &mut Work,
    ) -> Result<Slice, ToolFailure>;
}

/// The result of a slice.
#[derive(Debug)]
pub enum Slice {
    /// Not finished.
    More(Box<dyn Slices>),
    /// Finished.
    Done(ToolDone),
}

/// A run that continues after other work had its turn.
#[derive(Debug)]
pub struct SlicedRun {
    rest: Box<dyn Slices>,
    input: Value,
}

impl SlicedRun {
    pub(super) fn new(rest: Box<dyn Slices>, input: &Value) -> Self {
        Self {
            rest,
            input: input.clone(),
        }
    }

    /// Runs the next slice.
    ///
    /// # Errors
    /// When the call fails; the error is for the model.
    pub fn next(self, context: &ToolContext<'_>) -> Result<Begun, ToolFailure> {
        Ok(match self.rest.slice(context, &mut Work::slice())? {
            Slice::More(rest) => Begun::Slices(Self { rest, ..self }),
            Slice::Done(mut done) => {
                nearby::tell(&mut done, &self.input, context)?;
                over(done)
            }
        })
    }
}

/// A sliced tool as a member of the tool list.
#[derive(Debug)]
pub(super) struct Sliced<T>(pub(super) T);

impl<T: SlicedTool> AnyTool for Sliced<T> {
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
        ApprovalRule::Never
    }

    fn takes_time(&self) -> bool {
        true
    }

    fn cut_off(&self) -> &'static str {
        "The search was interrupted. It changed nothing: call it again."
    }

    fn run(&self, input: &Value, context: &ToolContext<'_>) -> Result<Run, ToolFailure> {
        self.0.begin(read(input)?, context).map(Run::Slices)
    }
}
