//! Markdown as views. What a model writes never becomes markup by itself.
//!
//! - `split`: cuts a growing text into top-level blocks that do not change any more, and one that does.
//! - `parse`: a whole text to a tree.
//! - `fence`: code between fences, which is read line by line.
//! - `render`: the markup of one block. `link`: which addresses may be followed.
//! - `image`: pictures of other servers.
//! - `code_block`: code with its language and a button.

mod code_block;
mod fence;
mod image;
mod link;
mod parse;
mod render;
mod split;
mod view;

pub(crate) use image::provide_image_hosts;
pub(super) use link::safe_href;
pub(crate) use render::markdown_views;
pub(crate) use view::{Markdown, MarkdownSource};
