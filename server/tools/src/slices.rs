//! Tools that may compute for long: they look through many files. They do so in slices, between which others have their turn,
//! and change nothing, so that a run can be dropped between two of them.

use std::fmt;

use limits::Work;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    AnyTool, ApprovalRule, Begun, Run, ToolContext, ToolDone, ToolFailure, attempt::over, nearby,
    schema::Described, tool::read,
};

/// Something that is done in slices when the model calls it. It changes nothing.
pub(super) trait SlicedTool: Sync {
    /// What it takes. The schema that the model gets is made of it.
    type Input: DeserializeOwned + Described;

    /// Its name: `a-z` and `_`.
    const NAME: &'static str;

    /// What it does and when to call it, for the model.
    const DESCRIPTION: &'static str;

    /// Begins it.
    fn begin(
        &self,
        input: Self::Input,
        context: &ToolContext<'_>,
    ) -> Result<Box<dyn Slices>, ToolFailure>;
}

/// What is left of a run.
pub trait Slices: fmt::Debug {
    /// Does as much as the work goes.
    ///
    /// # Errors
    /// When it cannot be done.
    fn slice(
        self: Box<Self>,
        context: &ToolContext<'_>,
        work: &mut Work,
    ) -> Result<Slice, ToolFailure>;
}

/// What a slice came to.
#[derive(Debug)]
pub enum Slice {
    /// There is more to do.
    More(Box<dyn Slices>),
    /// It is over.
    Done(ToolDone),
}

/// A run that goes on after others had their turn.
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

    /// Does the next slice.
    ///
    /// # Errors
    /// When it cannot be done; the error is for the model to read.
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

/// Such a tool among the others.
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
        "The search was interrupted. It changes nothing: call it again."
    }

    fn run(&self, input: &Value, context: &ToolContext<'_>) -> Result<Run, ToolFailure> {
        self.0.begin(read(input)?, context).map(Run::Slices)
    }
}
