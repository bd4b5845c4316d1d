//! The choice of the model, and of how much it reasons.

use common::{
    models::OfferedModels,
    naming,
    state::{About, Effort},
};
use leptos::{prelude::*, task::spawn_local};

use super::popup::{Opening, Popup};
use crate::{
    browser::{dom, field, random},
    chat::{
        Hooks, ModelEntry, UseChat, ask_models, demo_note::own_model_name, effort_words,
        fresh_name, model_entries, model_name, short_name, use_agent,
    },
    components::{Choice, SearchList},
    conversations::Conversations,
};

/// The models as far as they are known; shared by the choice and the meter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Models {
    /// The conversation that is asked for them; `None`: one is looked for when they are asked for.
    chat: StoredValue<Option<UseChat>>,
    /// Lives as long as they do.
    owner: StoredValue<Option<Owner>>,
    /// The list.
    pub(super) known: RwSignal<Option<OfferedModels>>,
    /// Why there is none.
    problem: RwSignal<Option<String>>,
    /// The server's own, before there is a list.
    own: StoredValue<Option<String>>,
}

impl Models {
    /// Of a conversation.
    pub(super) fn new(chat: UseChat) -> Self {
        Self {
            chat: StoredValue::new(Some(chat)),
            ..Self::of_none()
        }
    }

    /// Of no conversation.
    pub(super) fn of_none() -> Self {
        Self {
            chat: StoredValue::new(None),
            owner: StoredValue::new(Owner::current()),
            known: RwSignal::new(None),
            problem: RwSignal::new(None),
            own: StoredValue::new(own_model_name()),
        }
    }

    /// Has the server list them.
    pub(super) fn ask(self) {
        let Some(chat) = self.chat() else { return };
        let answer = ask_models(chat);
        spawn_local(async move {
            match answer.await {
                Ok(models) => {
                    self.problem.try_set(models.error.clone());
                    self.known.try_set(Some(models));
                }
                Err(why) => {
                    self.problem.try_set(Some(why));
                }
            }
        });
    }

    /// Any conversation lists the same models. One that is only asked for them is not stored.
    fn chat(self) -> Option<UseChat> {
        if let Some(chat) = self.chat.get_value() {
            return Some(chat);
        }
        let owner = self.owner.get_value()?;
        let chat = owner.with(|| {
            let newest = Conversations::of_page()
                .and_then(|list| list.rows.with_untracked(|rows| rows.first().cloned()));
            let name = newest.map_or_else(
                || fresh_name(random::random_bytes()),
                |row| naming::decode_segment(&row.name),
            );
            use_agent(naming::CODER_AGENT, &name, Hooks::default())
        });
        self.chat.set_value(Some(chat));
        Some(chat)
    }

    /// Has the server list them once the name of the chosen model or the size of a window is of use, and nobody waits for the
    /// model: a server of one's own may answer one request at a time.
    pub(super) fn follow(self, chat: UseChat, about: Memo<Option<About>>) {
        let is_of_use = Memo::new(move |_| {
            let is_chosen =
                about.with(|about| about.as_ref().is_some_and(|about| about.model.is_some()));
            let has_usage = || {
                chat.facts.with(|facts| {
                    let state = facts.state.as_ref();
                    state.is_some_and(|state| state.get("usage").is_some())
                })
            };
            chat.is_settled() && self.known.with(Option::is_none) && (is_chosen || has_usage())
        });
        Effect::new(move || {
            if is_of_use.get() {
                self.ask();
            }
        });
    }

    /// The id of the model that answers; `None`: it is not known yet.
    pub(super) fn current(self, about: Option<&About>) -> Option<String> {
        let chosen = about.and_then(|about| about.model.clone());
        chosen
            .or_else(|| {
                self.known
                    .with(|known| Some(known.as_ref()?.default.clone()))
            })
            .or_else(|| self.own.get_value())
            .filter(|id| !id.is_empty())
    }
}

/// The model and its effort on a button, and the choice.
#[component]
pub(super) fn ModelChoice(
    /// The agent's state.
    about: Memo<Option<About>>,
    /// Takes the state as the user changes it.
    on_change: Callback<About>,
    /// The models.
    models: Models,
) -> impl IntoView {
    let opening = Opening::new();
    let words = Signal::derive(move || {
        let current = about.with(|about| models.current(about.as_ref()));
        let name = current.map_or_else(
            || "Model".to_owned(),
            |id| models.known.with(|known| model_name(&id, known.as_ref())),
        );
        let name = short_name(&name).to_owned();
        match about.with(|about| about.as_ref().and_then(|about| about.effort)) {
            None => name,
            effort => format!("{name} · {}", effort_words(effort).to_lowercase()),
        }
    });
    Effect::new(move || {
        if opening.is_open.get() {
            models.ask();
        }
    });
    view! {
        <Popup opening id="model-choice" class="model-button" words title="Model">
            <ModelList about on_change models opening />
            <EffortChoice about on_change models />
        </Popup>
    }
}

#[component]
fn ModelList(
    about: Memo<Option<About>>,
    on_change: Callback<About>,
    models: Models,
    opening: Opening,
) -> impl IntoView {
    let query = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let current = about.with(|about| models.current(about.as_ref()));
        models.known.with(|known| {
            let known = known.as_ref();
            known.map_or_else(Vec::new, |known| {
                model_entries(known, current.as_deref(), &query.read())
            })
        })
    });
    let nothing = Signal::derive(move || {
        let is_known = models.known.with(Option::is_some);
        match models.problem.get().filter(|_| !is_known) {
            Some(why) => why,
            None if is_known => "No model is called like this.".to_owned(),
            None => "Looking for models…".to_owned(),
        }
    });
    // A keyboard on glass would cover half of the list.
    if !field::is_on_glass() {
        Effect::new(|| request_animation_frame(|| dom::focus_first("#model-choice .search-field")));
    }
    let choose = Callback::new(move |entry: ModelEntry| {
        let changed = about
            .get_untracked()
            .and_then(|about| about.with_model(entry.id).ok());
        if let Some(about) = changed {
            on_change.run(about);
        }
        opening.close();
    });
    let old = move || {
        let is_known = models.known.with(Option::is_some);
        let why = models.problem.get().filter(|_| is_known)?;
        Some(view! { <p class="popup-note">"This list may be old: " {why}</p> })
    };
    view! {
        <SearchList id="model" label="Search models" query found entry=entry_view on_choose=choose nothing />
        {old}
    }
}

fn entry_view(entry: ModelEntry) -> AnyView {
    view! {
        <span class="model-entry">
            <span class="model-name">
                <bdi>{entry.name}</bdi>
                {entry.is_current.then(|| view! { <span class="model-mark">" current"</span> })}
            </span>
            <span class="model-facts">{entry.facts}</span>
        </span>
    }
    .into_any()
}

#[component]
fn EffortChoice(
    about: Memo<Option<About>>,
    on_change: Callback<About>,
    models: Models,
) -> impl IntoView {
    let chosen =
        Memo::new(move |_| about.with(|about| about.as_ref().and_then(|about| about.effort)));
    let cannot = move || {
        let current = about.with(|about| models.current(about.as_ref()));
        models.known.with(|known| {
            let model = known.as_ref().zip(current.as_deref());
            let model = model.and_then(|(known, id)| known.find(id));
            model.is_some_and(|model| model.reasoning == Some(false))
        })
    };
    let all: Vec<Option<Effort>> = std::iter::once(None).chain(Effort::ALL.map(Some)).collect();
    let options = all.iter().map(|effort| effort_words(*effort)).collect();
    let all = StoredValue::new(all);
    let index = move || all.with_value(|all| all.iter().position(|one| *one == chosen.get()));
    let choose = move |index: usize| {
        let effort = all.with_value(|all| all.get(index).copied());
        if let (Some(about), Some(effort)) = (about.get_untracked(), effort) {
            on_change.run(about.with_effort(effort));
        }
    };
    view! {
        <Choice
            name="effort"
            legend="Reasoning"
            options
            chosen=Signal::derive(move || index().unwrap_or_default())
            on_choose=choose
        />
        <Show when=cannot>
            <p class="popup-note">"This model does not reason before it answers."</p>
        </Show>
    }
}
