//! Which pictures are made smaller before they are uploaded, and how small. No I/O.

use common::attachments::{PDF, PICTURE_BYTES, is_shown_to_model};

/// No side is longer afterwards: vendors scale down anyway.
const LONGEST_SIDE: u32 = 4_096;

/// So many sizes are tried, each with half of the area of the one before.
const SIZES: usize = 6;

/// Whether a file is a picture that no model sees since it is too large, and that can be made smaller. An animation would lose
/// its motion.
pub(super) fn is_wanted(media_type: &str, size: u64) -> bool {
    size > PICTURE_BYTES
        && is_shown_to_model(media_type)
        && media_type != PDF
        && media_type != "image/gif"
}

/// The sizes to try for a picture.
pub(super) fn sizes(width: u32, height: u32) -> impl Iterator<Item = (u32, u32)> {
    let longest = f64::from(width.max(height).max(1));
    let first = (f64::from(LONGEST_SIDE) / longest).min(1.0);
    let scales = std::iter::successors(Some(first), |scale| Some(scale * 0.5_f64.sqrt()));
    scales.take(SIZES).map(move |scale| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most the longest side"
        )]
        let scaled = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
        (scaled(width), scaled(height))
    })
}

/// The name of the smaller picture, which is a JPEG.
pub(super) fn name(name: &str) -> String {
    let (folder, file) = match name.rsplit_once('/') {
        Some((folder, file)) => (format!("{folder}/"), file),
        None => (String::new(), name),
    };
    let stem = match file.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        Some(_) | None => file,
    };
    format!("{folder}{stem}.jpg")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_pictures_are_made_smaller() {
        assert!(is_wanted("image/png", PICTURE_BYTES + 1));
        for (media_type, size) in [
            ("image/png", PICTURE_BYTES),
            ("image/gif", PICTURE_BYTES + 1),
            ("image/svg+xml", PICTURE_BYTES + 1),
            ("application/pdf", PICTURE_BYTES + 1),
            ("", PICTURE_BYTES + 1),
        ] {
            assert!(!is_wanted(media_type, size), "{media_type}");
        }
    }

    #[test]
    fn sizes_keep_the_shape_and_get_smaller() {
        let all: Vec<(u32, u32)> = sizes(8_192, 4_096).collect();
        assert_eq!(all[..3], [(4_096, 2_048), (2_896, 1_448), (2_048, 1_024)]);
        assert_eq!(all.len(), SIZES);
        assert_eq!(
            sizes(3_000, 1).next(),
            Some((3_000, 1)),
            "no larger than it is"
        );
        assert_eq!(sizes(100_000, 1).next(), Some((4_096, 1)));
    }

    #[test]
    fn names_say_what_it_is_now() {
        for (before, after) in [
            ("a.png", "a.jpg"),
            ("b/c.d/e", "b/c.d/e.jpg"),
            (".png", ".png.jpg"),
            ("photo.JPEG", "photo.jpg"),
        ] {
            assert_eq!(name(before), after);
        }
    }
}
