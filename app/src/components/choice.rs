//! One of a few, as radio buttons.

use leptos::prelude::*;

/// The buttons and what they are about.
#[component]
pub(crate) fn Choice(
    /// The name that the buttons share on the page.
    name: &'static str,
    /// What is chosen.
    legend: &'static str,
    /// The options, as the reader sees them.
    options: Vec<&'static str>,
    /// The index of the chosen one.
    #[prop(into)]
    chosen: Signal<usize>,
    /// Takes the index of another one.
    #[prop(into)]
    on_choose: Callback<usize>,
) -> impl IntoView {
    let option = move |(index, words): (usize, &'static str)| {
        view! {
            <label>
                <input
                    type="radio"
                    name=name
                    prop:checked=move || chosen.get() == index
                    on:change=move |_| on_choose.run(index)
                />
                {words}
            </label>
        }
    };
    view! {
        <fieldset class="choice">
            <legend>{legend}</legend>
            {options.into_iter().enumerate().map(option).collect_view()}
        </fieldset>
    }
}
