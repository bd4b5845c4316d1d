//! The effects of an agent that is awake. What its store can do is done here; the rest is the platform's.
//!
//! The Worker and the world of the host tests are two platforms of this.

mod tools;

use accounts::PersonId;
use common::{
    directory::push::Push,
    id::{IdSource, RpcId},
    message::Message,
    time::Timestamp,
};
use sql::{Sql, SqlError};
use store::{ModelNote, Position, PushedTexts, Store, Summary, Write};
use workspace::WorkspaceError;

pub use self::tools::{ToolPlatform, run_tool};
use super::{
    attached::{Attached, ConnectionKey},
    instructions,
    io::{
        CallId, Effect, ModelCall, ModelCheck, ModelListing, Purpose, StoredReply, SummaryPush,
        TitleCall, ToolRun, WorkspaceCall,
    },
    machine::Agent,
    notes,
    replay::{Replay, replay_frames},
    reply::reply_frames,
};

/// What a platform does for an agent. None of it may give the agent an input before all effects of the last one are done.
pub trait Platform {
    /// These changes were stored. `is_first`: nothing was stored before.
    fn stored(&mut self, writes: &[Write], is_first: bool);

    /// Sends a text frame to those of these connections that are still there.
    fn send(&mut self, to: &[ConnectionKey], text: &str);

    /// Closes a connection; it is not to be reported as ended.
    fn close(&mut self, key: ConnectionKey, code: u16, reason: &str);

    /// Keeps this with the connection, so that it survives hibernation.
    fn attach(&mut self, attached: Attached);

    /// Calls the model and reports with [`super::Input::Provider`].
    fn call_model(&mut self, call: ModelCall, context: ModelContext);

    /// Asks the model for a single token and reports with [`super::Input::ModelChecked`].
    fn check_model(&mut self, check: ModelCheck);

    /// Finds out which models the provider has and reports with [`super::Input::ModelsListed`].
    fn list_models(&mut self, listing: ModelListing);

    /// Runs a tool and reports with [`super::Input::ToolSettled`].
    fn run_tool(&mut self, run: ToolRun);

    /// Finds out what the owner wants new conversations to begin with, and reports with [`super::Input::DefaultsTold`].
    fn ask_defaults(&mut self);

    /// Asks the workspace and reports with [`super::Input::WorkspaceAsked`].
    fn ask_workspace(&mut self, call: WorkspaceCall);

    /// Reports [`super::Input::PushDue`] in a moment.
    fn push_soon(&mut self, call: CallId);

    /// Sends a push and reports with [`super::Input::SummaryPushed`].
    fn push(&mut self, push: PushToSend);

    /// Asks the model for a title of a conversation that begins like this, and reports with [`super::Input::TitleMade`].
    fn make_title(&mut self, call: TitleCall, beginning: Vec<Message>);

    /// Drops a model call or a tool's run; nothing more of it is reported.
    fn abort(&mut self, call: CallId);

    /// Reports [`super::Input::DeadlinePassed`] at this moment, also when the object was evicted.
    fn wake_at(&mut self, at: Timestamp);

    /// Reports [`super::Input::FlushDue`] at this moment, within milliseconds.
    fn flush_at(&mut self, at: Timestamp);

    /// Writes a line to the log.
    fn log(&mut self, line: &str);
}

/// What a model call takes from the store.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelContext {
    /// What stands in the place of earlier messages; `None`: the transcript is whole.
    pub summary: Option<Summary>,
    /// The messages before the answer, behind those that are summarised.
    pub transcript: Vec<Message>,
    /// The standing instructions.
    pub standing: Option<String>,
    /// Notes between the messages.
    pub notes: Vec<ModelNote>,
}

/// A push as it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct PushToSend {
    /// Which push.
    pub call: CallId,
    /// Whose directory.
    pub owner: PersonId,
    /// What is sent.
    pub push: Push,
    /// The texts that go with it.
    pub texts: PushedTexts,
}

/// An agent that is awake, with its store.
#[derive(Debug)]
pub struct Awake<'a, I, S> {
    /// The moment.
    pub now: Timestamp,
    /// The name of the conversation.
    pub name: &'a str,
    /// The agent.
    pub agent: &'a mut Agent<I>,
    /// What it keeps.
    pub store: &'a Store<S>,
}

impl<I: IdSource, S: Sql> Awake<'_, I, S> {
    /// Does what an effect asks.
    ///
    /// # Errors
    /// When the store fails: nothing behind this effect may be done, and the agent is to be restored from the store.
    pub fn perform(
        &mut self,
        effect: Effect,
        platform: &mut impl Platform,
    ) -> Result<(), SqlError> {
        let store = self.store;
        match effect {
            Effect::Persist(writes) => self.persist(&writes, platform)?,
            Effect::Send { to, text } => platform.send(&to, &text),
            Effect::SendTranscript {
                to,
                breadth,
                growing,
            } => {
                let growing = growing.as_ref();
                let growing = growing.map(|(position, message)| (*position, message));
                platform.send(&to, &store.transcript_frame(breadth, growing)?);
            }
            Effect::SendMessage { to, position } => {
                if let Some(frame) = store.message_frame(position)? {
                    platform.send(&to, &frame);
                }
            }
            Effect::Close { key, code, reason } => platform.close(key, code, &reason),
            Effect::Reply { to, id, reply } => self.reply(to, &id, reply, platform),
            Effect::Replay(replay) => self.replay(&replay, platform)?,
            Effect::Attach(attached) => platform.attach(attached),
            Effect::CallModel(call) => {
                let context = self.model_context(&call, platform)?;
                platform.call_model(call, context);
            }
            Effect::CheckModel(check) => platform.check_model(check),
            Effect::ListModels(listing) => platform.list_models(listing),
            Effect::RunTool(run) => platform.run_tool(run),
            Effect::AskDefaults => platform.ask_defaults(),
            Effect::AskWorkspace(call) => platform.ask_workspace(call),
            Effect::PushSoon(call) => platform.push_soon(call),
            Effect::PushSummary(push) => self.push(push, platform)?,
            Effect::MakeTitle(call) => platform.make_title(call, store.first_messages()?),
            Effect::Abort(call) => platform.abort(call),
            Effect::WakeAt(at) => platform.wake_at(at),
            Effect::FlushAt(at) => platform.flush_at(at),
            Effect::Log(line) => platform.log(&line),
        }
        Ok(())
    }

    fn persist(&mut self, writes: &[Write], platform: &mut impl Platform) -> Result<(), SqlError> {
        let is_first = self.store.is_new();
        self.store.write(writes)?;
        if is_first {
            self.agent.has_store(self.store.epoch()?);
        }
        // The chunks of an answer are many, and small.
        if !matches!(writes, [Write::AppendChunks { .. }]) {
            self.agent.is_near_full(self.store.near_full());
        }
        platform.stored(writes, is_first);
        Ok(())
    }

    fn reply(
        &self,
        to: ConnectionKey,
        id: &RpcId,
        reply: StoredReply,
        platform: &mut impl Platform,
    ) {
        reply_frames(self.store, self.now, id, reply, |frame| {
            platform.send(&[to], &frame);
        });
    }

    fn replay(&self, replay: &Replay, platform: &mut impl Platform) -> Result<(), SqlError> {
        let chunks = self.store.chunks(&replay.request_id)?;
        for frame in replay_frames(replay, &chunks) {
            platform.send(&[replay.to], &frame);
        }
        Ok(())
    }

    fn push(&self, push: SummaryPush, platform: &mut impl Platform) -> Result<(), SqlError> {
        let SummaryPush {
            call,
            owner,
            number,
            head,
        } = push;
        let (push, texts) = self.store.push_of(self.name, number, head)?;
        platform.push(PushToSend {
            call,
            owner,
            push,
            texts,
        });
        Ok(())
    }

    fn model_context(
        &self,
        call: &ModelCall,
        platform: &mut impl Platform,
    ) -> Result<ModelContext, SqlError> {
        let store = self.store;
        let summary = store.summary_before(call.before)?;
        let after = summary
            .as_ref()
            .map_or(Position::START, |summary| summary.position);
        let transcript = store.messages_between(after, call.before)?;
        let notes = match call.purpose {
            Purpose::Step | Purpose::StepUnlessCrowded => {
                let answer = call.answer.as_ref().map(|answer| &answer.message);
                let earlier = store.message_ids_before(call.before)?;
                notes::of_call(store, &transcript, answer, &earlier)?
            }
            // The model gets new notes with the next step.
            Purpose::Summary { .. } => store.model_notes()?,
        };
        Ok(ModelContext {
            summary,
            transcript,
            notes,
            standing: self.standing(platform)?,
        })
    }

    /// The standing instructions. Those that cannot be read are left out.
    fn standing(&self, platform: &mut impl Platform) -> Result<Option<String>, SqlError> {
        match instructions::standing(&self.store.workspace(self.now)) {
            Ok(standing) => Ok(standing),
            Err(WorkspaceError::Store(error)) => Err(error),
            Err(refusal) => {
                platform.log(&format!("AGENTS.md cannot be read: {refusal}"));
                Ok(None)
            }
        }
    }
}
