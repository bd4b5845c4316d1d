//! Stand-ins for the modules that views use, where there is no browser.

pub(crate) mod build {
    pub(crate) fn own() -> Option<String> {
        None
    }

    pub(crate) fn reloaded_for() -> Option<String> {
        None
    }

    pub(crate) fn note_reload(_build: &str) -> bool {
        false
    }
}

pub(crate) mod clipboard {
    pub(crate) fn copy<E>(_event: &E, _text: String) {}
}

pub(crate) mod console {
    pub(crate) fn warn_once(_line: &str) {}
}

pub(crate) mod dialog {
    use leptos::{html::Dialog, prelude::NodeRef};

    pub(crate) fn open_by_itself(_dialog: NodeRef<Dialog>) {}

    pub(crate) fn open_modal(_dialog: NodeRef<Dialog>) {}

    pub(crate) fn close(_dialog: NodeRef<Dialog>) {}
}

pub(crate) mod dom {
    use leptos::{
        html::{Button, Div},
        prelude::NodeRef,
    };

    pub(crate) fn mark_hydrated() {}

    pub(crate) fn colour_code() {}

    pub(crate) fn append_text<E>(_element: &E, _added: &str) {}

    pub(crate) fn append_data<N>(_node: &N, _added: &str) {}

    pub(crate) fn set_text<E>(_element: &E, _text: &str) {}

    pub(crate) fn toggle<E>(_event: &E, _of: &str, _attribute: &str) {}

    pub(crate) fn unfold<E>(_event: &E, _of: &str) {}

    pub(crate) fn is_typed<E>(_event: &E) -> bool {
        false
    }

    pub(crate) fn is_opened<E>(_event: &E) -> bool {
        false
    }

    pub(crate) fn focus_tool() {}

    pub(crate) fn focus_first(_selector: &str) {}

    pub(crate) fn select_field(_selector: &str) {}

    pub(crate) fn show_in_list(_selector: &str) {}

    pub(crate) fn set_measure(_name: &str, _pixels: Option<f64>) {}

    pub(crate) const fn widths(_selector: &str) -> Option<(f64, f64)> {
        None
    }

    pub(crate) fn capture(_element: NodeRef<Div>, _pointer: i32) {}

    pub(crate) fn set_root(_name: &str, _value: Option<&str>) {}

    pub(crate) const fn is_wide(_rem: f64) -> bool {
        true
    }

    pub(crate) fn corner(_button: NodeRef<Button>) -> (f64, f64) {
        (0.0, 0.0)
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum Step {
        Next,
        Previous,
        First,
        Last,
    }

    pub(crate) fn move_focus(_selector: &str, _step: Step) {}

    pub(crate) fn focus_message(_id: &str) {}

    pub(crate) fn show_place(_id: &str) -> bool {
        false
    }
}

pub(crate) mod events {
    use leptos::prelude::{Callback, RwSignal};

    pub(crate) fn is_looked_at() -> RwSignal<bool> {
        RwSignal::new(false)
    }

    pub(crate) fn on_resize(_resized: Callback<()>) {}

    pub(crate) fn times_hidden() -> RwSignal<u32> {
        RwSignal::new(0)
    }
}

pub(crate) mod field {
    use leptos::{html::Textarea, prelude::NodeRef};

    pub(crate) fn focus_composer() {}

    pub(crate) fn take_text(_field: NodeRef<Textarea>) -> String {
        String::new()
    }

    pub(crate) fn text_of(_field: NodeRef<Textarea>) -> Option<String> {
        None
    }

    pub(crate) fn short_text_of(_field: NodeRef<Textarea>) -> Option<String> {
        None
    }

    pub(crate) fn put_text(_field: NodeRef<Textarea>, _text: &str) {}

    pub(crate) fn insert_text(_field: NodeRef<Textarea>, _text: &str) {}

    pub(crate) fn replace_text(_field: NodeRef<Textarea>, _text: &str) {}

    pub(crate) fn is_on_glass() -> bool {
        false
    }

    pub(crate) fn name_enter(_field: NodeRef<Textarea>) {}

    pub(crate) fn fit(_field: NodeRef<Textarea>) {}

    pub(crate) fn focus(_field: NodeRef<Textarea>) {}

    pub(crate) fn is_writing() -> bool {
        false
    }
}

pub(crate) mod arrivals {
    use leptos::{
        html::Input,
        prelude::{Callback, NodeRef},
    };

    pub(crate) fn choose(_field: NodeRef<Input>) -> bool {
        false
    }

    pub(crate) fn paste<E>(_event: &E) -> bool {
        false
    }

    pub(crate) fn on_drop(_dropped: Callback<()>) {}

    pub(crate) fn on_paste_into_message(_pasted: Callback<()>) {}

    pub(crate) fn on_drop_into_message(_dropped: Callback<()>) {}
}

pub(crate) mod keys {
    use leptos::prelude::Callback;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[expect(dead_code, reason = "nobody presses a key")]
    pub(crate) enum Shortcut {
        Palette,
        Help,
    }

    pub(crate) fn on_shortcut(_pressed: Callback<Shortcut>) {}
}

pub(crate) mod location {
    pub(crate) fn address() -> String {
        String::new()
    }

    pub(crate) fn place() -> leptos::prelude::RwSignal<Option<String>> {
        leptos::prelude::RwSignal::new(None)
    }

    pub(crate) fn reload() {}
}

pub(crate) mod notice {
    use leptos::prelude::Callback;

    pub(crate) const fn need_https() -> bool {
        false
    }

    pub(crate) const fn are_on() -> bool {
        false
    }

    pub(crate) fn ask(_done: Callback<bool>) {}

    pub(crate) fn end() {}

    pub(crate) fn show(_title: &str, _words: &str, _tag: &str) {}
}

pub(crate) mod popover {
    use leptos::{
        html::{Button, Div},
        prelude::NodeRef,
    };

    pub(crate) fn place(_button: NodeRef<Button>, _panel: NodeRef<Div>) {}

    pub(crate) const fn is_open(_panel: NodeRef<Div>) -> bool {
        false
    }

    pub(crate) fn close(_panel: NodeRef<Div>) {}
}

pub(crate) mod random {
    pub(crate) fn random_bytes<const N: usize>() -> [u8; N] {
        [0; N]
    }
}

pub(crate) mod save {
    pub(crate) fn save(_name: &str, _text: &str) {}
}

pub(crate) mod scroll {
    use leptos::prelude::{Callback, RwSignal};

    pub(crate) fn follow_end(_at_end: RwSignal<bool>) {}

    pub(crate) fn near_top(_reached: Callback<()>) {}

    pub(crate) fn scroll_to_end(_at_end: RwSignal<bool>) {}
}

pub(crate) mod storage {
    pub(crate) fn keep_choice(_name: &str, _choice: Option<&str>) {}

    pub(crate) fn choice(_name: &str) -> Option<String> {
        None
    }

    pub(crate) fn keep_draft(_place: &str, _text: &str) {}

    pub(crate) fn draft(_place: &str) -> Option<String> {
        None
    }

    pub(crate) fn forget_drafts() {}
}

pub(crate) mod timer {
    use std::time::Duration;

    use leptos::prelude::Callback;

    pub(crate) fn soon(
        _within: Duration,
        _work: impl Fn() + Copy + Send + Sync + 'static,
    ) -> Callback<()> {
        Callback::new(|()| {})
    }
}
