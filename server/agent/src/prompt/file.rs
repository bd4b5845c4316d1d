//! Files of users' messages: what their URLs mean.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use common::{attachments, message::FilePart};
use percent_encoding::{percent_decode, percent_decode_str};
use providers::{Attachment, Content, Source};

/// The scheme of URLs that name a file of the workspace by its path.
const WORKSPACE: &str = "workspace:";

/// A file of a user's message as the model gets it. `name` is that of the conversation.
///
/// Of a file of the workspace the model gets the path, to use it with its tools. Only a picture or PDF comes with its bytes:
/// a text may be long, and the model reads as much of it as it needs.
pub(super) fn content(part: &FilePart, name: &str) -> Vec<Content> {
    let file = attachment(part, name);
    let Source::Workspace { path, .. } = &file.source else {
        return vec![Content::File(file)];
    };
    let words = Content::Text(words(path, file.name.as_deref()));
    if attachments::is_shown_to_model(&file.media_type) {
        vec![words, Content::File(file)]
    } else {
        vec![words]
    }
}

/// The sentence that names an attached file. The path of a directory ends with `/`, that of the whole workspace is empty.
fn words(path: &str, name: Option<&str>) -> String {
    let name = name.unwrap_or("an archive");
    match path {
        "" => format!("(The user attached {name} and had it unpacked into the workspace.)"),
        path if path.ends_with('/') => {
            format!("(The user attached {name} and had it unpacked into {path} of the workspace.)")
        }
        path => format!("(The user attached the file {path} of the workspace.)"),
    }
}

fn attachment(part: &FilePart, name: &str) -> Attachment {
    let (declared, source) = read(&part.url, name);
    let media_type = if part.media_type.trim().is_empty() {
        declared.unwrap_or_default()
    } else {
        part.media_type.clone()
    };
    let file_name = part.filename.clone().or_else(|| last_name(&source));
    Attachment {
        media_type,
        name: file_name.filter(|name| !name.trim().is_empty()),
        source,
    }
}

/// The media type that a URL declares, and where the bytes are.
fn read(url: &str, name: &str) -> (Option<String>, Source) {
    let missing = |why: &str| (None, Source::Missing(why.to_owned()));
    let url = url.trim();
    if let Some(data) = strip_scheme(url, "data:") {
        return match inline(data) {
            Some((media_type, base64)) => (Some(media_type), Source::Base64(base64)),
            None => missing("its data URL cannot be read"),
        };
    }
    if let Some(path) = strip_scheme(url, WORKSPACE) {
        return (None, of_workspace(path));
    }
    let is_absolute = ["https://", "http://"]
        .iter()
        .any(|scheme| strip_scheme(url, scheme).is_some());
    let path = if is_absolute {
        url.splitn(4, '/').nth(3).unwrap_or_default()
    } else {
        url.trim_start_matches('/')
    };
    if let Some((owner, path)) = file_of_conversation(path) {
        return if owner == name {
            (None, of_workspace(path))
        } else {
            missing("it is a file of another conversation")
        };
    }
    if strip_scheme(url, "https://").is_some() {
        (None, Source::Url(url.to_owned()))
    } else if is_absolute {
        missing("its address does not begin with https:")
    } else {
        missing("its address cannot be read")
    }
}

fn strip_scheme<'u>(url: &'u str, scheme: &str) -> Option<&'u str> {
    let (start, rest) = url.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}

/// The media type and the bytes, as base64, of what follows `data:`.
fn inline(data: &str) -> Option<(String, String)> {
    let (head, body) = data.split_once(',')?;
    let mut fields = head.split(';');
    let media_type = fields.next().unwrap_or_default().trim();
    let is_base64 = fields.any(|field| field.trim().eq_ignore_ascii_case("base64"));
    let base64 = if is_base64 {
        as_standard_base64(body)?
    } else {
        STANDARD.encode(percent_decode_str(body).collect::<Vec<u8>>())
    };
    let media_type = if media_type.is_empty() {
        "text/plain"
    } else {
        media_type
    };
    Some((media_type.to_owned(), base64))
}

/// Vendors take the standard alphabet, padded and without blanks; `None`: it is no base64.
fn as_standard_base64(body: &str) -> Option<String> {
    let mut bytes: Vec<u8> = percent_decode(body.as_bytes())
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        })
        .collect();
    let end = bytes.iter().rposition(|byte| *byte != b'=')? + 1;
    bytes.truncate(end);
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    if !bytes.iter().all(is_digit) || bytes.len() % 4 == 1 {
        return None;
    }
    while !bytes.len().is_multiple_of(4) {
        bytes.push(b'=');
    }
    String::from_utf8(bytes).ok()
}

/// The conversation and the path of `agents/{agent}/{name}/files/{path}`.
fn file_of_conversation(path: &str) -> Option<(String, &str)> {
    let path = path.split(['?', '#']).next()?;
    let mut names = path.splitn(5, '/');
    let [root, _agent, name, files, path] = [(); 5].map(|()| names.next());
    if root? != "agents" || files? != "files" {
        return None;
    }
    let name = percent_decode_str(name?).decode_utf8_lossy().into_owned();
    Some((name, path?))
}

fn of_workspace(path: &str) -> Source {
    match percent_decode_str(path).decode_utf8() {
        Ok(path) => Source::Workspace {
            path: path.into_owned(),
            hash: None,
        },
        Err(_) => Source::Missing("its address cannot be read".to_owned()),
    }
}

fn last_name(source: &Source) -> Option<String> {
    let path = match source {
        Source::Workspace { path, .. } => path.as_str(),
        Source::Url(url) => url.split(['?', '#']).next()?,
        Source::Base64(_) | Source::Missing(_) => return None,
    };
    path.rsplit('/').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expected: (&str, Option<&str>, Source)) {
        let part = FilePart {
            media_type: String::new(),
            url: url.to_owned(),
            filename: None,
            provider_metadata: None,
        };
        let (media_type, file_name, source) = expected;
        let expected = Attachment {
            media_type: media_type.to_owned(),
            name: file_name.map(str::to_owned),
            source,
        };
        assert_eq!(attachment(&part, "my talk"), expected, "{url}");
    }

    fn base64(text: &str) -> Source {
        Source::Base64(text.to_owned())
    }

    fn workspace(path: &str) -> Source {
        Source::Workspace {
            path: path.to_owned(),
            hash: None,
        }
    }

    fn missing(why: &str) -> Source {
        Source::Missing(why.to_owned())
    }

    #[test]
    fn data_urls_are_decoded() {
        check(
            "data:image/png;base64,QUJD",
            ("image/png", None, base64("QUJD")),
        );
        check(
            "DATA:image/png;x=y;BASE64,QU JD\n",
            ("image/png", None, base64("QUJD")),
        );
        check(
            "data:image/png;base64,-_8",
            ("image/png", None, base64("+/8=")),
        );
        check(
            "data:image/png;base64,QUI%3D",
            ("image/png", None, base64("QUI=")),
        );
        check("data:,a%20b", ("text/plain", None, base64("YSBi")));
        for url in [
            "data:image/png;base64",
            "data:image/png;base64,Q",
            "data:image/png;base64,Q*JD",
            "data:image/png;base64,",
        ] {
            check(url, ("", None, missing("its data URL cannot be read")));
        }
    }

    #[test]
    fn files_of_the_workspace_are_known_by_their_addresses() {
        for url in [
            "/agents/coderagent/my%20talk/files/a/b%20c.png",
            "https://coder.example.com/agents/coderagent/my%20talk/files/a/b%20c.png?x=1",
            "http://localhost:8787/agents/coderagent/my%20talk/files/a/b%20c.png",
            "workspace:a/b%20c.png",
        ] {
            check(url, ("", Some("b c.png"), workspace("a/b c.png")));
        }
        check(
            "/agents/coderagent/other/files/a.png",
            ("", None, missing("it is a file of another conversation")),
        );
    }

    #[test]
    fn of_a_file_of_the_workspace_the_model_gets_the_path() {
        let reported = |media_type: &str, path: &str, filename: Option<&str>| {
            let part = FilePart {
                media_type: media_type.to_owned(),
                url: format!("/agents/coderagent/talk/files/{path}"),
                filename: filename.map(str::to_owned),
                provider_metadata: None,
            };
            let content = content(&part, "talk");
            let Some(Content::Text(words)) = content.first() else {
                panic!("{content:?}")
            };
            (words.clone(), content.len())
        };
        let words = |words: &str| format!("(The user attached {words} the workspace.)");
        for (media_type, path, filename, expected, pieces) in [
            ("image/png", "a/b.png", None, "the file a/b.png of", 2),
            (
                "application/pdf",
                "b.pdf",
                Some("c.pdf"),
                "the file b.pdf of",
                2,
            ),
            ("text/plain", "b%20c.txt", None, "the file b c.txt of", 1),
            ("", "b", None, "the file b of", 1),
            (
                "application/zip",
                "",
                Some("x.zip"),
                "x.zip and had it unpacked into",
                1,
            ),
            (
                "application/zip",
                "d/",
                Some("x.zip"),
                "x.zip and had it unpacked into d/ of",
                1,
            ),
        ] {
            assert_eq!(
                reported(media_type, path, filename),
                (words(expected), pieces)
            );
        }
    }

    #[test]
    fn other_addresses() {
        let url = "https://example.com/p/cat.png?size=1";
        check(url, ("", Some("cat.png"), Source::Url(url.to_owned())));
        check(
            "http://example.com/cat.png",
            ("", None, missing("its address does not begin with https:")),
        );
        for url in ["", "blob:abc", "file:///etc/passwd", "cat.png", "é"] {
            check(url, ("", None, missing("its address cannot be read")));
        }
    }
}
