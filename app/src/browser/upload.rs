//! Uploads that tell how far they are: `fetch` does not.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast as _, prelude::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ProgressEvent, XmlHttpRequest};

use super::files::File;

/// A file has this long.
const WITHIN_MILLIS: u32 = 600_000;

/// The answer to an upload.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) etag: Option<String>,
    pub(crate) text: String,
}

/// Dropping it ends the request.
struct Running(XmlHttpRequest);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.set_onloadend(None);
        let _ = self.0.abort();
    }
}

/// Uploads a file to an address. `progressed` gets the number of bytes sent so far. `None`: there was no response.
pub(crate) async fn put(
    url: &str,
    header: Option<(&str, &str)>,
    file: &File,
    progressed: impl Fn(u64) + 'static,
) -> Option<Answer> {
    let running = Running(XmlHttpRequest::new().ok()?);
    let request = &running.0;
    request.open_with_async("PUT", url, true).ok()?;
    request.set_timeout(WITHIN_MILLIS);
    if let Some((name, value)) = header {
        request.set_request_header(name, value).ok()?;
    }
    let progressed = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number far below 2^53"
        )]
        let sent = event.loaded() as u64;
        progressed(sent);
    });
    let upload = request.upload().ok()?;
    upload.set_onprogress(Some(progressed.as_ref().unchecked_ref()));
    let ended = Promise::new(&mut |ended: Function, _| request.set_onloadend(Some(&ended)));
    request
        .send_with_opt_blob(Some(file.unchecked_ref()))
        .ok()?;
    JsFuture::from(ended).await.ok()?;
    upload.set_onprogress(None);
    let status = request.status().ok().filter(|status| *status > 0)?;
    Some(Answer {
        status,
        etag: request.get_response_header("ETag").ok().flatten(),
        text: request.response_text().ok().flatten().unwrap_or_default(),
    })
}
