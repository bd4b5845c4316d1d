//! Light or dark: as the system has it, or as the person chooses on the settings page. The script in the document's head sets
//! the same attribute before the first paint.

use leptos::prelude::*;

use crate::{
    browser::{dom, storage},
    components::Choice,
};

/// Under which name the browser keeps the choice.
const CHOICE: &str = "theme";
const ATTRIBUTE: &str = "data-theme";

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the system has it.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// All of them, in the order of a choice.
    pub(crate) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// In words.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::System => "As the system",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    /// As it is kept; the system's needs no keeping.
    const fn kept(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    /// The one that was chosen in this browser.
    pub(crate) fn chosen() -> Self {
        let chosen = storage::choice(CHOICE);
        let is_chosen = |theme: &Self| theme.kept() == chosen.as_deref();
        Self::ALL.into_iter().find(is_chosen).unwrap_or_default()
    }

    /// Chooses it.
    pub(crate) fn choose(self) {
        dom::set_root(ATTRIBUTE, self.kept());
        storage::keep_choice(CHOICE, self.kept());
    }
}

/// The choice, as buttons of which one is on.
#[component]
pub(crate) fn ThemeChoice() -> impl IntoView {
    let chosen = RwSignal::new(Theme::System);
    Effect::new(move || chosen.set(Theme::chosen()));
    let index = move || Theme::ALL.iter().position(|theme| *theme == chosen.get());
    let choose = move |index: usize| {
        if let Some(theme) = Theme::ALL.get(index) {
            chosen.set(*theme);
            theme.choose();
        }
    };
    view! {
        <Choice
            name="theme"
            legend="Colours"
            options=Theme::ALL.map(Theme::words).to_vec()
            chosen=Signal::derive(move || index().unwrap_or_default())
            on_choose=choose
        />
    }
}
