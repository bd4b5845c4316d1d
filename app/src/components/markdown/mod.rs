//! Markdown as views. What a model writes never becomes markup by itself.
//!
//! - `split`: cuts a growing text into top-level blocks that do not change any more, and one that does.
//! - `references`: which closed blocks need what another block defines.
//! - `parse`: a whole text to a tree.
//! - `fence`: code between fences, which is read line by line.
//! - `render`: the markup of one block. `link`: which addresses may be followed.
//! - `image`: pictures of other servers.
//! - `code_block`: code with its language and buttons. `code_name`: what a file of it is called.
//!
//! None of it is in the first load: only pieces show Markdown.

mod code_block;
mod code_name;
mod fence;
mod image;
mod link;
mod open_marks;
mod parse;
mod references;
mod render;
mod split;
mod view;

pub(crate) use image::provide_image_hosts;
pub(super) use link::safe_href;
pub(crate) use view::{Markdown, MarkdownSource};
