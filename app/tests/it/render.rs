//! Renders a page to HTML.

use std::sync::Arc;

use any_spawner::Executor;
use app::{Assets, api::Backend, shell};
use futures::StreamExt;
use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use leptos_router::location::RequestUrl;

use crate::fake_backend::FakeBackend;

/// The document at `path`, whole.
pub(crate) async fn document(path: &str, backend: FakeBackend) -> String {
    // Every test sets it; the first one wins.
    let _ = Executor::init_tokio();
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new())));
    let (output, stream) = {
        owner.with(|| {
            let backend: Arc<dyn Backend> = Arc::new(backend);
            provide_context(backend);
            provide_context(RequestUrl::new(path));
            let (meta, output) = leptos_meta::ServerMetaContext::new();
            provide_context(meta);
            let assets = Assets {
                js: "/pkg/app.1.js",
                wasm: "/pkg/app.2.wasm",
                css: "/pkg/app.3.css",
                pieces: "/pkg/doctor.4.wasm /pkg/doc.5.wasm",
                build: "0123456789ab",
            };
            (output, shell(assets).into_view().to_html_stream_in_order())
        })
    };
    let run = async {
        let html: String = output.inject_meta_context(stream).await.collect().await;
        html
    };
    let html = tokio::task::LocalSet::new().run_until(run).await;
    owner.cleanup();
    // Where the views join does not matter to a reader.
    html.replace("<!>", "").replace("<!--hk-->", "")
}
