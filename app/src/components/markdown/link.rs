//! Which addresses may be followed, and where they lead when their text says otherwise.

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

/// The host of an address, as a browser finds it: without user, port and path. Of an e-mail address it is what
/// follows the last `@`.
pub(super) fn host_of(address: &str) -> Option<&str> {
    let (scheme, rest) = address.split_once(':')?;
    let host = if scheme.eq_ignore_ascii_case("mailto") {
        let recipient = rest.split('?').next().unwrap_or_default();
        recipient.rsplit_once('@')?.1
    } else {
        // Browsers take `\` for `/`, and as many of them as there are.
        let authority = rest.trim_start_matches(['/', '\\']);
        let authority = authority.split(['/', '\\', '?', '#']).next()?;
        let host = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        match host.rsplit_once(':') {
            Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => name,
            Some(_) | None => host,
        }
    };
    (!host.is_empty()).then_some(host)
}

/// The host of a link whose text names another one: readers follow what they read.
pub(super) fn other_host<'a>(text: &str, address: &'a str) -> Option<&'a str> {
    let host = host_of(address)?;
    let named = hosts_named(text);
    let is_named = |name: &String| is_same(name, host);
    (!named.is_empty() && !named.iter().all(is_named)).then_some(host)
}

/// What looks like a host in a text.
fn hosts_named(text: &str) -> Vec<String> {
    // What nobody sees, and what looks like a dot.
    let plain: String = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| {
            if matches!(c, '。' | '．' | '｡') {
                '.'
            } else {
                c
            }
        })
        .collect();
    plain
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .map(|word| word.trim_matches('.').to_lowercase())
        .filter(|word| is_host(word))
        .collect()
}

fn is_host(word: &str) -> bool {
    let Some((before, last)) = word.rsplit_once('.') else {
        return false;
    };
    let is_top = last.chars().count() >= 2 && last.chars().all(char::is_alphabetic);
    let is_address =
        word.split('.').count() == 4 && word.split('.').all(|part| part.parse::<u8>().is_ok());
    (is_top || is_address) && !before.split('.').any(str::is_empty)
}

/// `www.` names the same place.
fn is_same(name: &str, host: &str) -> bool {
    let bare = |name: &str| name.strip_prefix("www.").unwrap_or(name).to_owned();
    bare(name) == bare(&host.to_lowercase())
}

/// Characters that have no width, or turn the direction of the text.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_the_one_that_a_browser_asks() {
        for (address, host) in [
            ("https://a.example/b?c#d", Some("a.example")),
            ("HTTP://A.example:8080", Some("A.example")),
            ("https://good.example@evil.example/x", Some("evil.example")),
            ("https://a:b@evil.example", Some("evil.example")),
            ("https://evil.example?@good.example", Some("evil.example")),
            ("https://evil.example#@good.example", Some("evil.example")),
            (
                "https:\\\\evil.example\\@good.example",
                Some("evil.example"),
            ),
            ("https:///evil.example/", Some("evil.example")),
            ("https:evil.example", Some("evil.example")),
            ("http://[::1]:8080/", Some("[::1]")),
            ("http://[::1]/", Some("[::1]")),
            ("mailto:me@a.example?subject=b@c", Some("a.example")),
            ("mailto:me", None),
            ("https://", None),
        ] {
            assert_eq!(host_of(address), host, "{address}");
        }
    }

    #[test]
    fn a_text_that_names_another_host_is_found_out() {
        for (text, address) in [
            ("https://good.example", "https://evil.example"),
            ("good.example", "https://evil.example/good.example"),
            ("Sign in at good.example/login now", "https://evil.example"),
            ("GOOD.Example", "http://evil.example"),
            ("good.example", "https://good.example@evil.example"),
            ("good.example", "https://good.example.evil.example"),
            ("good.\u{200b}example", "https://evil.example"),
            ("good。example", "https://evil.example"),
            ("gооd.example", "https://good.example"),
            ("10.0.0.1", "https://evil.example"),
            ("me@good.example", "mailto:me@evil.example"),
            ("good.example and evil.example", "https://evil.example"),
        ] {
            assert!(other_host(text, address).is_some(), "{text:?} {address}");
        }
    }

    #[test]
    fn a_text_that_names_its_own_host_or_none_is_left_alone() {
        for (text, address) in [
            ("The book", "https://a.example"),
            ("https://a.example/b", "https://a.example/c"),
            ("a.example", "https://www.a.example/"),
            ("WWW.A.example", "https://a.example"),
            ("a.example.", "https://a.example"),
            ("(a.example:8080)", "https://a.example:8080"),
            ("version 1.2.3", "https://a.example"),
            ("e.g. this", "https://a.example"),
            ("and so on...", "https://a.example"),
            ("me@a.example", "mailto:me@a.example"),
            ("", "https://a.example"),
        ] {
            assert_eq!(other_host(text, address), None, "{text:?} {address}");
        }
    }

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
