//! A file.

use common::message::Part;
use leptos::prelude::*;

use super::PartHandle;
use crate::components::{Erase, outside_link};

/// Its name, as a link where its address is one that may be followed.
pub(crate) fn file_view(part: &PartHandle) -> AnyView {
    let file = part.with_untracked(|part| {
        if let Part::File(file) = part {
            Some(file.clone())
        } else {
            None
        }
    });
    let Some(file) = file.flatten() else {
        return ().erase();
    };
    let name = file.filename.unwrap_or(file.media_type);
    outside_link("attachment", "File: ", name, Some(&file.url))
}
