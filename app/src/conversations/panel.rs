//! Whether the list is visible: beside the page where there is room, over it elsewhere.

use leptos::prelude::*;

use super::Conversations;
use crate::{
    browser::{dom, events, storage},
    components::Icon,
};

/// From this width on, the list is beside the page; `style/sidebar.css` has the same value.
const BESIDE: f64 = 52.0;
/// The storage key that records that the list is hidden. It is also an attribute of the document's element, which the
/// script in the head sets before the first paint.
const CHOICE: &str = "sidebar";
const ATTRIBUTE: &str = "data-sidebar";
const CLOSED: &str = "closed";

/// Whether the list is visible; a context of the whole page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Panel {
    /// Whether it is beside the page, where there is room.
    is_beside: RwSignal<bool>,
    /// Whether it is over the page, where there is no room.
    is_over: RwSignal<bool>,
    /// Whether it can lie there, and be put away again: its code has come.
    is_there: RwSignal<bool>,
    is_wide: RwSignal<bool>,
}

/// Creates the context of the whole page.
pub(crate) fn provide_panel() {
    let panel = Panel {
        is_beside: RwSignal::new(true),
        is_over: RwSignal::new(false),
        is_there: RwSignal::new(false),
        is_wide: RwSignal::new(true),
    };
    provide_context(panel);
    Effect::new(move || {
        panel.measure();
        panel
            .is_beside
            .set(storage::choice(CHOICE).as_deref() != Some(CLOSED));
    });
    events::on_resize(Callback::new(move |()| panel.measure()));
}

impl Panel {
    /// The panel of this page.
    pub(crate) fn of_page() -> Option<Self> {
        use_context()
    }

    /// Whether the list is visible.
    pub(crate) fn is_shown(self) -> bool {
        if self.is_wide.get() {
            self.is_beside.get()
        } else {
            self.covers()
        }
    }

    /// Whether the list covers the page, which is inert meanwhile.
    pub(crate) fn covers(self) -> bool {
        self.is_over.get() && self.is_there.get() && !self.is_wide.get()
    }

    /// The list can lie over the page from now on; perhaps it is already wanted there.
    pub(super) fn can_cover(self) {
        Effect::new(move || {
            self.is_there.set(true);
            if self.is_over.get_untracked() {
                request_animation_frame(|| dom::focus_first(".sidebar-close"));
            }
        });
    }

    /// Shows the list and moves the focus into it.
    pub(crate) fn show(self) {
        self.set(true);
        request_animation_frame(|| dom::focus_first(".sidebar-close"));
    }

    /// Hides the list and moves the focus to the button that shows it.
    pub(crate) fn hide(self) {
        self.set(false);
        request_animation_frame(|| dom::focus_first(".panel-button"));
    }

    /// Hides a list that covers the page, since the person opens another page.
    pub(crate) fn uncover(self) {
        if self.is_over.get_untracked() {
            self.is_over.set(false);
        }
    }

    fn measure(self) {
        let is_wide = dom::is_wide(BESIDE);
        if is_wide != self.is_wide.get_untracked() {
            self.is_wide.set(is_wide);
            self.is_over.set(false);
        }
    }

    fn set(self, is_shown: bool) {
        // The button can be pressed before the first effect has run.
        self.measure();
        if self.is_wide.get_untracked() {
            self.is_beside.set(is_shown);
            let choice = (!is_shown).then_some(CLOSED);
            dom::set_root(ATTRIBUTE, choice);
            storage::keep_choice(CHOICE, choice);
        } else {
            self.is_over.set(is_shown);
        }
    }
}

/// Shows the list while it is hidden; otherwise the style sheet hides the button.
#[component]
pub(crate) fn PanelButton() -> impl IntoView {
    let panel = Conversations::of_page().and_then(|_| Panel::of_page());
    panel.map(|panel| {
        view! {
            <button
                type="button"
                class="button button-quiet panel-button"
                aria-label="Show conversations"
                aria-expanded=move || panel.is_shown().to_string()
                on:click=move |_| panel.show()
            >
                <Icon class="icon icon-sidebar" />
            </button>
        }
    })
}

/// The page beside the list. It is inert while the list covers it.
#[component]
pub(crate) fn Stage(
    /// The page.
    children: Children,
) -> impl IntoView {
    let panel = Panel::of_page();
    let is_covered = move || panel.is_some_and(Panel::covers);
    view! {
        <div class="stage" inert=is_covered>
            {children()}
        </div>
    }
}
