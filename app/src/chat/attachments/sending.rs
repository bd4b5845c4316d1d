//! How a file gets into the workspace: over HTTP (`docs/files.md`).

use common::{
    http::ErrorBody,
    workspace::{ARCHIVE, Refused, Unpacked},
};

use super::{
    driver::Driver,
    item::Way,
    list::{Answer, Input},
};
use crate::browser::{files::File, http::Request, upload};

impl Driver {
    /// Sends a file.
    pub(super) async fn send(self, id: &str, path: &str, way: Way) -> Answer {
        let Some(file) = self.file(id) else {
            return Answer::Lost;
        };
        let address = self.address(path);
        let (url, header) = match way {
            Way::Keep(_) => (address.clone(), Some(("If-None-Match", "*"))),
            Way::Unpack => (format!("{}/{ARCHIVE}", self.base()), None),
        };
        let of = id.to_owned();
        let progressed = move |bytes| self.give(Input::Progressed(of.clone(), bytes));
        let Some(answer) = upload::put(&url, header, &file, progressed).await else {
            return match file.is_readable().await {
                true => Answer::Unreached,
                false => Answer::Lost,
            };
        };
        match (answer.status, way) {
            (200..=299, Way::Keep(_)) => Answer::Done {
                path: path.to_owned(),
                tag: answer.etag,
            },
            (200..=299, Way::Unpack) => {
                let json = serde_json::from_str(&answer.text).unwrap_or_default();
                let unpacked = Unpacked::from_json(json);
                Answer::Unpacked {
                    files: unpacked.files + unpacked.unchanged,
                    left_out: unpacked.skipped.len(),
                }
            }
            (429 | 502..=504, _) => Answer::Unreached,
            (status, Way::Keep(_)) if Refused::of(status) == Some(Refused::Unexpected) => {
                self.beside(path, &file).await
            }
            (status, _) => Answer::Refused(refusal(status, &answer.text)),
        }
    }

    /// What to do where another file has the name. It may be this one: attached before, or in a request whose answer was lost.
    async fn beside(self, path: &str, file: &File) -> Answer {
        let Ok(there) = Request::head(&self.address(path)).send().await else {
            return Answer::Unreached;
        };
        let tag = there.header("ETag").unwrap_or_default();
        match file.sha256().await {
            Some(hash) if tag.trim_matches('"') == hash => Answer::Done {
                path: path.to_owned(),
                tag: None,
            },
            Some(_) | None => Answer::NameTaken,
        }
    }
}

/// What the agent says about what it refused.
fn refusal(status: u16, text: &str) -> String {
    let said = serde_json::from_str(text)
        .ok()
        .and_then(ErrorBody::from_json);
    match said {
        Some(said) => said.error,
        None => format!("The server answered with status {status}. Try again."),
    }
}
