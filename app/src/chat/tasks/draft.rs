//! The draft of the agent, above the composer: what waits in it, and the buttons that keep or drop it, by file and by hunk.

mod outcome;

use common::{
    callable::Callable as Method,
    state::{About, Drafted, Mode},
    workspace::{ConflictChoice, Draft, DraftChoice, DraftRequest, DraftedFile, DraftedHunk},
};
use leptos::{html::Dialog, prelude::*, task::spawn_local};

use self::outcome::{Outcome, choice_of, count_words};
use crate::{
    browser::{dialog, dom},
    chat::{
        MethodCall, UseChat,
        part_tool::{Diff, LineCount, kind},
    },
    components::{Alert, Button, ButtonKind, ConfirmDialog, Places, Untrusted},
};

/// What the parts of the view share.
#[derive(Clone, Copy)]
struct Review {
    chat: UseChat,
    drafted: Memo<Drafted>,
    /// What waits, once it is known, or why it could not be read.
    listing: RwSignal<Option<Result<Draft, String>>>,
    /// What became of the last decision, with the decision.
    outcome: RwSignal<Option<(Decision, Outcome)>>,
    is_deciding: RwSignal<bool>,
}

/// A decision, as it can be made again with a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Decision {
    method: Method,
    request: DraftRequest,
}

/// The draft; nothing where nothing waits.
#[component]
pub(super) fn DraftLine(
    /// The conversation.
    chat: UseChat,
    /// Its settings.
    about: Memo<Option<About>>,
) -> impl IntoView {
    let drafted = Memo::new(move |_| {
        chat.facts.with(|facts| {
            let state = facts.state.as_ref();
            Drafted::from_json(state.and_then(|state| state.get("drafted")))
        })
    });
    let review = Review {
        chat,
        drafted,
        listing: RwSignal::new(None),
        outcome: RwSignal::new(None),
        is_deciding: RwSignal::new(false),
    };
    view! {
        <Show when=move || drafted.with(|drafted| !drafted.is_empty())>
            <Waiting review about />
        </Show>
        <Result review />
    }
}

#[component]
fn Waiting(review: Review, about: Memo<Option<About>>) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let drop_all = NodeRef::<Dialog>::new();
    let is_review = move || {
        about.with(|about| {
            about
                .as_ref()
                .is_some_and(|about| about.mode == Mode::Review)
        })
    };
    let toggle = Callback::new(move |()| is_open.update(|is_open| *is_open = !*is_open));
    Effect::new(move || {
        // Another number: there is something else to decide about.
        let at = review.drafted.with(|drafted| drafted.at);
        if is_open.get() {
            review.look(at);
        }
    });
    let all = || DraftRequest {
        is_all: true,
        ..DraftRequest::default()
    };
    let keep_all = Callback::new(move |()| review.decide(Method::KeepDraft, all()));
    let ask_drop = Callback::new(move |()| dialog::open_modal(drop_all));
    let dropped = Callback::new(move |()| review.decide(Method::DropDraft, all()));
    let toggle_words = move || {
        if is_open.get() {
            "Hide changes"
        } else {
            "Review changes"
        }
    };
    view! {
        <section class="draft" aria-label="Draft of Coder">
            <div class="draft-head">
                <h2 class="draft-title" tabindex="-1">
                    {move || count_words(review.drafted.get().files)}
                </h2>
                <div class="draft-buttons">
                    <Button kind=ButtonKind::Plain on_press=toggle>
                        {toggle_words}
                    </Button>
                    <Button kind=ButtonKind::Plain on_press=keep_all>
                        "Keep all"
                    </Button>
                    <Button kind=ButtonKind::Quiet on_press=ask_drop>
                        "Drop all"
                    </Button>
                </div>
            </div>
            <Show when=move || !is_review()>
                <p class="draft-words">"Coder works on your files again. Its draft stays until you keep or drop it."</p>
            </Show>
            <Show when=move || is_open.get()>
                <Files review />
            </Show>
            <ConfirmDialog
                dialog=drop_all
                title="Drop the whole draft?"
                confirm="Drop all"
                keep="Cancel"
                on_confirm=dropped
            >
                "What Coder drafted is deleted and cannot be brought back. Your files stay as they are."
            </ConfirmDialog>
        </section>
    }
}

#[component]
fn Files(review: Review) -> impl IntoView {
    let file = move |file: DraftedFile| view! { <File review file /> };
    move || match review.listing.get() {
        None => view! { <p class="draft-words" role="status">"Loading…"</p> }.into_any(),
        Some(Err(text)) => view! { <p role="alert">{text}</p> }.into_any(),
        Some(Ok(draft)) => {
            let more = (draft.more > 0)
                .then(|| view! { <p class="draft-words">{format!("… and {} more files.", draft.more)}</p> });
            view! {
                <ul class="draft-files">{draft.files.into_iter().map(file).collect_view()}</ul>
                {more}
            }
            .into_any()
        }
    }
}

#[component]
fn File(review: Review, file: DraftedFile) -> impl IntoView {
    let path = file.path.clone();
    let decide = move |method: Method, choice: DraftChoice| {
        Callback::new(move |()| {
            let files = vec![choice.clone()];
            review.decide(
                method,
                DraftRequest {
                    files,
                    ..DraftRequest::default()
                },
            );
        })
    };
    let keep = decide(Method::KeepDraft, choice_of(&file, None));
    let drop = decide(Method::DropDraft, choice_of(&file, None));
    let ask = {
        let path = path.clone();
        Callback::new(move |()| {
            review
                .chat
                .give_back(format!("About your draft of {path}: "));
        })
    };
    let is_partial = file.hunks.len() > 1;
    let hunk = |hunk: DraftedHunk| {
        let name = format!("Change {} in {path}", hunk.number);
        let keep = decide(Method::KeepDraft, choice_of(&file, Some(hunk.number)));
        let drop = decide(Method::DropDraft, choice_of(&file, Some(hunk.number)));
        let (keep_name, drop_name) = (
            format!("Keep this change: {} in {path}", hunk.number),
            format!("Drop this change: {} in {path}", hunk.number),
        );
        view! {
            <li>
                <Diff path=path.clone() diff=hunk.diff name />
                {is_partial
                    .then(|| {
                        view! {
                            <div class="draft-buttons">
                                <Button kind=ButtonKind::Quiet name=keep_name on_press=keep>
                                    "Keep this change"
                                </Button>
                                <Button kind=ButtonKind::Quiet name=drop_name on_press=drop>
                                    "Drop this change"
                                </Button>
                            </div>
                        }
                    })}
            </li>
        }
    };
    let hunks = file.hunks.iter().cloned().map(hunk).collect_view();
    Effect::new(dom::colour_code);
    view! {
        <li class="draft-file">
            <div class="draft-head">
                <p class="change">
                    <span class="change-kind">{kind(file.kind)}</span>
                    <span class="change-path">
                        " " <Untrusted text=path.clone() /> {file.is_directory.then_some("/")}
                    </span>
                    <LineCount count=file.added sign='+' class="change-added" word="added" />
                    <LineCount count=file.removed sign='−' class="change-removed" word="removed" />
                </p>
                <div class="draft-buttons">
                    <Button kind=ButtonKind::Quiet name=format!("Keep {path}") on_press=keep>
                        "Keep"
                    </Button>
                    <Button kind=ButtonKind::Quiet name=format!("Drop {path}") on_press=drop>
                        "Drop"
                    </Button>
                    <Button kind=ButtonKind::Quiet name=format!("Ask for changes of {path}") on_press=ask>
                        "Ask for changes"
                    </Button>
                </div>
            </div>
            {file
                .is_conflicting
                .then(|| view! { <p class="draft-words">"You have changed the same lines since."</p> })}
            {file
                .is_cut
                .then(|| {
                    view! { <p class="draft-words">"The change is too large to be shown here."</p> }
                })}
            <ol class="draft-hunks">{hunks}</ol>
        </li>
    }
}

/// What stands in the way of the last decision, and a sentence about what it did.
#[component]
fn Result(review: Review) -> impl IntoView {
    let dismiss = Callback::new(move |()| review.outcome.set(None));
    view! {
        {move || match review.outcome.get() {
            None | Some((_, Outcome::Done(_))) => ().into_any(),
            Some((_, Outcome::Failed(text))) => {
                view! {
                    <Alert text>
                        <Button kind=ButtonKind::Quiet on_press=dismiss>
                            "Dismiss"
                        </Button>
                    </Alert>
                }
                    .into_any()
            }
            Some((decision, Outcome::Conflict(places))) => {
                view! { <Question review decision places /> }.into_any()
            }
        }}
        // It is there before its words, so that they are read out.
        <p class="visually-hidden" role="status">
            {move || match review.outcome.get() {
                Some((_, Outcome::Done(words))) => words,
                None | Some(_) => String::new(),
            }}
        </p>
    }
}

/// Asks what is to stay where the user changed the same lines. Nothing has been done yet.
#[component]
fn Question(review: Review, decision: Decision, places: Vec<String>) -> impl IntoView {
    let answer = move |label: &'static str, on_conflict: Option<ConflictChoice>| {
        let Decision { method, request } = decision.clone();
        let request = DraftRequest {
            on_conflict,
            ..request
        };
        let answer = Callback::new(move |()| {
            review.outcome.set(None);
            if on_conflict.is_some() {
                review.decide(method, request.clone());
            }
        });
        view! {
            <Button kind=ButtonKind::Plain on_press=answer>
                {label}
            </Button>
        }
    };
    view! {
        <div class="notice" role="alert">
            <p>"You have changed the same lines in " <Places places /> ". Nothing has been done yet. Which are to stay?"</p>
            <div class="history-buttons">
                {answer("Keep my lines", Some(ConflictChoice::Keep))}
                {answer("Take the draft", Some(ConflictChoice::Replace))}
                {answer("Do nothing", None)}
            </div>
        </div>
    }
}

impl Review {
    /// Finds out what waits. `at`: as of when.
    fn look(self, at: u64) {
        let calling = self
            .chat
            .call(MethodCall::new(Method::Draft.as_str(), Vec::new()));
        spawn_local(async move {
            let found = match calling.await.map(Draft::from_json) {
                Ok(Some(draft)) => Ok(draft),
                Ok(None) => Err("The server's answer could not be read.".to_owned()),
                Err(error) => Err(error.to_string()),
            };
            // A later answer is on its way.
            if self.drafted.try_with_untracked(|drafted| drafted.at) == Some(at) {
                self.listing.try_set(Some(found));
            }
        });
    }

    fn decide(self, method: Method, request: DraftRequest) {
        if self.is_deciding.get_untracked() {
            return;
        }
        self.is_deciding.set(true);
        self.outcome.set(None);
        let call = MethodCall::new(method.as_str(), vec![request.to_json()]);
        let calling = self.chat.call(call);
        spawn_local(async move {
            let outcome = Outcome::of(method, calling.await);
            self.is_deciding.try_set(false);
            if let Outcome::Done(_) = outcome {
                // The button is gone with what it decided about.
                dom::focus_first(".draft-title, .composer-field");
            }
            self.outcome
                .try_set(Some((Decision { method, request }, outcome)));
        });
    }
}
