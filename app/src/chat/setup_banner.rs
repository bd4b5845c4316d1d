//! What keeps this deployment from answering, for whoever runs it.

use std::sync::Arc;

use leptos::prelude::*;

use crate::{
    api::Backend,
    components::{
        CopyButton,
        commands::{Piece, pieces},
    },
};

/// Shows the server's words; a command between backticks can be copied.
#[component]
pub(crate) fn SetupBanner() -> impl IntoView {
    let problem = SharedValue::new(|| {
        use_context::<Arc<dyn Backend>>().and_then(|backend| backend.setup_problem())
    });
    problem.into_inner().map(|text| {
        let pieces = pieces(&text).into_iter().map(piece).collect_view();
        view! {
            <section class="setup" aria-label="Setup">
                <p>{pieces}</p>
            </section>
        }
    })
}

fn piece(piece: Piece<'_>) -> AnyView {
    match piece {
        Piece::Words(words) => words.to_owned().into_any(),
        Piece::Command(command) => {
            let command = command.to_owned();
            view! {
                <span class="command">
                    <code>{command.clone()}</code>
                    <CopyButton label="Copy" content=move || command.clone() />
                </span>
            }
            .into_any()
        }
    }
}
