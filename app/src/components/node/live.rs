//! What an element of a `Node` does besides being there: it follows signals and hears events.

use leptos::{
    prelude::{Owner, RenderEffect},
    tachys::renderer::{RemoveEventHandler, Rndr, types},
    wasm_bindgen::JsValue,
};

/// What an attribute is, as long as it is anything.
type Follow = Box<dyn Fn() -> Option<String> + Send>;
/// What a property is. The server's HTML has none.
type Set = Box<dyn Fn() -> bool + Send>;
/// What takes the place of a `NodeRef` of any kind of element.
type Refer = Box<dyn FnOnce(&types::Element) + Send>;

/// What an element will do.
#[derive(Default)]
pub(super) struct Live {
    follows: Vec<(&'static str, Follow)>,
    sets: Vec<(&'static str, Set)>,
    hears: Vec<(&'static str, Hear)>,
    refers: Option<Refer>,
}

/// What hears an event, in the scope where it was made.
struct Hear {
    owner: Owner,
    heard: Box<dyn FnMut(types::Event) + Send>,
}

/// What an element does, until this is dropped.
pub(super) struct Living {
    follows: Vec<(&'static str, RenderEffect<Option<String>>)>,
    _sets: Vec<RenderEffect<bool>>,
    _hears: Vec<RemoveEventHandler<types::Element>>,
}

/// Whether the element's attributes are what they should be from the start.
#[derive(Clone, Copy)]
pub(super) enum Made {
    Here,
    ByTheServer,
}

impl Live {
    pub(super) fn follow(
        &mut self,
        name: &'static str,
        value: impl Fn() -> Option<String> + Send + 'static,
    ) {
        self.follows.push((name, Box::new(value)));
    }

    pub(super) fn set(&mut self, name: &'static str, value: impl Fn() -> bool + Send + 'static) {
        self.sets.push((name, Box::new(value)));
    }

    pub(super) fn hear(
        &mut self,
        event: &'static str,
        heard: impl FnMut(types::Event) + Send + 'static,
    ) {
        let owner = Owner::current().unwrap_or_default();
        let heard = Box::new(heard);
        self.hears.push((event, Hear { owner, heard }));
    }

    pub(super) fn refer(&mut self, refer: impl FnOnce(&types::Element) + Send + 'static) {
        self.refers = Some(Box::new(refer));
    }

    /// The attributes as they are now.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'static str, String)> {
        let follows = self.follows.iter();
        follows.filter_map(|(name, value)| Some((*name, value()?)))
    }

    /// Begins on an element that did nothing.
    pub(super) fn begin(self, element: &types::Element, made: Made) -> Living {
        let follow = |(name, value)| (name, follow(element.clone(), name, value, made));
        let set = |(name, value)| set(element.clone(), name, value);
        let hear = |(event, hear)| {
            let Hear { owner, mut heard } = hear;
            Rndr::add_event_listener(
                element,
                event,
                Box::new(move |event| owner.with(|| heard(event))),
            )
        };
        let living = Living {
            follows: self.follows.into_iter().map(follow).collect(),
            _sets: self.sets.into_iter().map(set).collect(),
            _hears: self.hears.into_iter().map(hear).collect(),
        };
        if let Some(refer) = self.refers {
            refer(element);
        }
        living
    }
}

/// Begins with `new` in place of what the same element did.
pub(super) fn take_over(
    living: &mut Option<Living>,
    new: Option<Box<Live>>,
    element: &types::Element,
) {
    for (name, _) in living.iter().flat_map(|last| &last.follows) {
        let mut stays = new.iter().flat_map(|new| &new.follows);
        if stays.all(|(new, _)| new != name) {
            Rndr::remove_attribute(element, name);
        }
    }
    *living = new.map(|new| new.begin(element, Made::Here));
}

fn set(element: types::Element, name: &'static str, value: Set) -> RenderEffect<bool> {
    RenderEffect::new(move |last| {
        let value = value();
        if last != Some(value) {
            Rndr::set_property(&element, name, &JsValue::from_bool(value));
        }
        value
    })
}

fn follow(
    element: types::Element,
    name: &'static str,
    value: Follow,
    made: Made,
) -> RenderEffect<Option<String>> {
    RenderEffect::new(move |last: Option<Option<String>>| {
        let value = value();
        let is_right = match (&last, made) {
            (Some(last), _) => *last == value,
            (None, Made::ByTheServer) => true,
            (None, Made::Here) => false,
        };
        match &value {
            _ if is_right => {}
            Some(value) => Rndr::set_attribute(&element, name, value),
            None => Rndr::remove_attribute(&element, name),
        }
        value
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use leptos::prelude::*;

    use crate::components::node::{Node, element};

    #[test]
    fn the_server_writes_what_attributes_are_now() {
        let owner = Owner::new();
        owner.set();
        for (is_open, expected) in [
            (true, "<details class=\"a\" open=\"\">b</details>"),
            (false, "<details class=\"a\">b</details>"),
        ] {
            let is_open = RwSignal::new(is_open);
            let folded = element("details", vec!["b".into()])
                .following("open", move || is_open.get().then(String::new))
                .setting("hidden", || true)
                .on("click", |_| {})
                .with("class", "a");
            assert_eq!(Node::from(folded).to_html(), expected);
        }
    }
}
