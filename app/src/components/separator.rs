//! A border between two parts of the page that can be moved, by pointer and by keyboard. Where it is, is kept in the browser;
//! the script in the document's head puts it there before the first paint.

use leptos::{
    ev::{KeyboardEvent, PointerEvent},
    html::Div,
    prelude::*,
};

use crate::browser::{dom, storage};

/// What one press of an arrow moves it by, in pixels.
const STEP: f64 = 16.0;

/// Which part of the page it belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Border {
    /// Its accessible name.
    pub(crate) label: &'static str,
    /// A selector of the part.
    pub(crate) part: &'static str,
    /// The measure of the style sheet that is the part's width; without the dashes it is the name under which it is kept.
    pub(crate) measure: &'static str,
    /// The part's least width, in pixels.
    pub(crate) least: f64,
    /// Whether the part is at the end of the line, so that it grows when the border moves back.
    pub(crate) is_at_end: bool,
}

impl Border {
    fn name(self) -> &'static str {
        self.measure.trim_start_matches('-')
    }

    /// So wide may the part be in a window of this width: something is left of the rest.
    fn most(self, window: f64) -> f64 {
        (window * 0.6).max(self.least)
    }
}

/// The border.
#[component]
pub(crate) fn Separator(
    /// Of which part.
    border: Border,
) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    let is_moved = StoredValue::new(false);
    // The width and the most it may be, in pixels, once the browser has measured them.
    let shown = RwSignal::new(None::<(f64, f64)>);
    let measure = move || {
        if let Some((width, window)) = dom::widths(border.part) {
            shown.set(Some((width.round(), border.most(window).round())));
        }
    };
    Effect::new(move || {
        node.get();
        measure();
    });
    let set = move |width: Option<f64>| {
        let window = dom::widths(border.part).map_or(f64::INFINITY, |(_, window)| window);
        let width = width.map(|width| width.clamp(border.least, border.most(window)).round());
        dom::set_measure(border.measure, width);
        let kept = width.map(|width| format!("{width}px"));
        storage::keep_choice(border.name(), kept.as_deref());
        measure();
    };
    let begin = move |event: PointerEvent| {
        event.prevent_default();
        is_moved.set_value(true);
        dom::capture(node, event.pointer_id());
    };
    let follow = move |event: PointerEvent| {
        if is_moved.get_value() {
            let at = f64::from(event.client_x());
            let window = dom::widths(border.part).map_or(0.0, |(_, window)| window);
            set(Some(if border.is_at_end { window - at } else { at }));
        }
    };
    let press = move |event: KeyboardEvent| {
        let Some((width, most)) = shown.get_untracked() else {
            return;
        };
        let sign = if border.is_at_end { -1.0 } else { 1.0 };
        let width = match event.key().as_str() {
            "ArrowRight" => Some(width + sign * STEP),
            "ArrowLeft" => Some(width - sign * STEP),
            "Home" => Some(border.least),
            "End" => Some(most),
            "Enter" => None,
            _ => return,
        };
        event.prevent_default();
        set(width);
    };
    view! {
        <div
            node_ref=node
            class=if border.is_at_end { "separator separator-end" } else { "separator" }
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-label=border.label
            aria-valuemin=border.least.to_string()
            aria-valuenow=move || shown.get().map_or(border.least, |(width, _)| width).to_string()
            aria-valuemax=move || shown.get().map_or(border.least, |(_, most)| most).to_string()
            on:focus=move |_| measure()
            on:pointerdown=begin
            on:pointermove=follow
            on:pointerup=move |_| is_moved.set_value(false)
            on:pointercancel=move |_| is_moved.set_value(false)
            on:dblclick=move |_| set(None)
            on:keydown=press
        ></div>
    }
}
