//! Which addresses may be followed.

/// Of the schemes that browsers know, these can do no harm in the page's name.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// The address, when it may be followed. Relative ones may not: the model does not know what is here.
pub(in crate::components) fn safe_href(address: &str) -> Option<String> {
    let address = address.trim();
    let (scheme, rest) = address.split_once(':')?;
    let is_known = SCHEMES
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    (is_known && !rest.is_empty()).then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_schemes() {
        for address in [
            "https://a.example/b?c#d",
            "HTTP://a.example",
            "mailto:a@b.example",
        ] {
            assert_eq!(safe_href(address).as_deref(), Some(address));
        }
        for address in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " javascript:alert(1)",
            "java\nscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "//a.example",
            "/chat/a",
            "a.example",
            "",
            "https:",
        ] {
            assert_eq!(safe_href(address), None, "{address:?}");
        }
    }
}
