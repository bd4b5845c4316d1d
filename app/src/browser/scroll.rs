//! Keeps the end of the transcript in view for a reader who is there, and does not move any other reader.

use std::cell::Cell;

use leptos::{
    ev,
    prelude::{
        Callable, Callback, Effect, GetUntracked, RwSignal, Set, SetValue, StoredValue, document,
        on_cleanup, request_animation_frame, window, window_event_listener,
    },
};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Element, HtmlElement, ResizeObserver};

/// A reader this close to the beginning, in pixels, will soon need earlier messages.
const EARLY: f64 = 800.0;

const FIRST_MESSAGE: &str = ".transcript > .message";

/// Elements that open something in the transcript when pressed.
const OPENERS: &str = ".transcript summary, .transcript .show-all";

/// Whether the browser itself keeps the visible content in place.
const ANCHORING: &str = "overflow-anchor";

/// A reader this close to the end, in pixels, is at the end.
const NEAR: f64 = 48.0;

thread_local! {
    /// Where the page was scrolled to last, by the reader or by us.
    static LAST_TOP: Cell<f64> = const { Cell::new(0.0) };
}

/// Watches the page grow and the reader scroll, until the current owner is cleaned up. `at_end`: whether the reader is at
/// the end, and is followed there.
pub(crate) fn follow_end(at_end: RwSignal<bool>) {
    LAST_TOP.set(top());
    let watch = StoredValue::new_local(None::<Watch>);
    Effect::new(move || {
        // A reloaded page starts where its reader left it; a new one starts at its end.
        if top() < 1.0 {
            jump();
        } else {
            set(at_end, is_near_end());
        }
        watch.set_value(Watch::start(at_end));
    });
    let scrolled = window_event_listener(ev::scroll, move |_| {
        let top = top();
        // Only a reader scrolls up; the distance alone also grows with the text. A page that became shorter is at its end.
        if top < LAST_TOP.get() && below() > 1.0 {
            set(at_end, false);
        } else if is_near_end() {
            set(at_end, true);
        }
        LAST_TOP.set(top);
    });
    // Content that the reader opens stays in place.
    let opened = window_event_listener(ev::click, move |event| {
        let pressed = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let opener = pressed.and_then(|pressed| pressed.closest(OPENERS).ok().flatten());
        if opener.is_some() {
            set(at_end, false);
            open_in_place();
        }
    });
    // An on-screen keyboard covers the lower half of the window.
    let resized = window_event_listener(ev::resize, move |_| {
        if at_end.get_untracked() {
            jump();
        }
    });
    on_cleanup(move || {
        scrolled.remove();
        opened.remove();
        resized.remove();
    });
}

/// Calls `reached` when the reader scrolls up and comes near the beginning of the page, until the current owner is cleaned
/// up.
pub(crate) fn near_top(reached: Callback<()>) {
    let last_top = Cell::new(top());
    let scrolled = window_event_listener(ev::scroll, move |_| {
        let top = top();
        if top < last_top.replace(top) && top < EARLY {
            reached.run(());
        }
    });
    on_cleanup(move || scrolled.remove());
}

/// Makes a change above the visible content, and keeps the content in place. Browsers do so by themselves, but not at the
/// beginning of a page, and some not at all.
pub(crate) fn keep_place(change: impl FnOnce()) {
    let body = document().body();
    let first = document().query_selector(FIRST_MESSAGE).ok().flatten();
    let (Some(body), Some(first)) = (body, first) else {
        return change();
    };
    let first: HtmlElement = first.unchecked_into();
    let distance = top() - f64::from(first.offset_top());
    let style = body.style();
    let _ = style.set_property(ANCHORING, "none");
    change();
    // The views follow before the next frame is drawn.
    request_animation_frame(move || {
        window().scroll_to_with_x_and_y(0.0, distance + f64::from(first.offset_top()));
        let _ = style.remove_property(ANCHORING);
    });
}

/// Something is opened before the next frame. What a browser has chosen to keep in place may be inside it since it was closed:
/// without a choice, what is above stays.
fn open_in_place() {
    let Some(body) = document().body() else {
        return;
    };
    let style = body.style();
    let _ = style.set_property(ANCHORING, "none");
    request_animation_frame(move || {
        // Laid out before the browser may choose again.
        let _ = top();
        let _ = style.remove_property(ANCHORING);
    });
}

/// Scrolls to the end and follows it.
pub(crate) fn scroll_to_end(at_end: RwSignal<bool>) {
    set(at_end, true);
    request_animation_frame(jump);
}

fn set(at_end: RwSignal<bool>, value: bool) {
    if at_end.get_untracked() != value {
        at_end.set(value);
    }
}

/// Follows the page's size. The browser reports it once per frame, after layout, so that following costs no extra layout.
struct Watch {
    observer: ResizeObserver,
    _changed: Closure<dyn FnMut()>,
}

impl Watch {
    fn start(at_end: RwSignal<bool>) -> Option<Self> {
        let changed = Closure::<dyn FnMut()>::new(move || {
            if at_end.get_untracked() {
                jump();
            }
        });
        let observer = ResizeObserver::new(changed.as_ref().unchecked_ref()).ok()?;
        let body: Element = document().body()?.into();
        observer.observe(&body);
        Some(Self {
            observer,
            _changed: changed,
        })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

fn root() -> Option<Element> {
    document().scrolling_element()
}

fn top() -> f64 {
    window().scroll_y().unwrap_or_default()
}

/// How much of the page is below the window, in pixels.
fn below() -> f64 {
    let height = |root: Element| f64::from(root.scroll_height() - root.client_height()) - top();
    root().map_or(0.0, height)
}

fn is_near_end() -> bool {
    below() < NEAR
}

/// The browser reports it a frame later, together with what the reader scrolls until then.
fn jump() {
    if let Some(root) = root() {
        root.set_scroll_top(root.scroll_height());
        LAST_TOP.set(top());
    }
}
