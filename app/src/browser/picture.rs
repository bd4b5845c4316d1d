//! Pictures that are made smaller by the browser.

use js_sys::{Array, Function, Promise};
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlCanvasElement, ImageBitmap};

use super::files::File;

/// What comes out: all models and browsers read it.
const KIND: &str = "image/jpeg";
const QUALITY: f64 = 0.85;

/// The picture as a smaller file of this name, in the first of the sizes in which it has at most so many bytes. `sizes` are made
/// of its own width and height. `None`: the browser cannot read it, or it stays too large.
pub(crate) async fn shrunk<S: Iterator<Item = (u32, u32)>>(
    file: &File,
    name: &str,
    most: u64,
    sizes: impl FnOnce(u32, u32) -> S,
) -> Option<File> {
    let bitmap = window().create_image_bitmap_with_blob(file.unchecked_ref());
    let bitmap: ImageBitmap = JsFuture::from(bitmap.ok()?).await.ok()?.unchecked_into();
    for (width, height) in sizes(bitmap.width(), bitmap.height()) {
        let blob = drawn(&bitmap, width, height).await.ok()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number far below 2^53"
        )]
        let bytes = blob.size() as u64;
        if bytes <= most {
            bitmap.close();
            let options = BlobPropertyBag::new();
            options.set_type(KIND);
            return Some(File::new(&Array::of1(&blob), name, &options));
        }
    }
    bitmap.close();
    None
}

async fn drawn(bitmap: &ImageBitmap, width: u32, height: u32) -> Result<Blob, JsValue> {
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
    canvas.set_width(width);
    canvas.set_height(height);
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
    let context: CanvasRenderingContext2d = context.unchecked_into();
    let (width, height) = (f64::from(width), f64::from(height));
    // What is transparent would be black.
    context.set_fill_style_str("#fff");
    context.fill_rect(0.0, 0.0, width, height);
    context.draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, 0.0, width, height)?;
    let blob = Promise::new(&mut |done: Function, failed: Function| {
        let drawn = canvas.to_blob_with_type_and_encoder_options(&done, KIND, &QUALITY.into());
        if let Err(error) = drawn {
            let _ = failed.call1(&JsValue::NULL, &error);
        }
    });
    JsFuture::from(blob).await?.dyn_into()
}
