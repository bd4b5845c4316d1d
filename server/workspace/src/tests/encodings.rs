//! Texts keep their encoding and line ends.

use super::{Files, path};
use crate::{
    Edit, Encoding, Expect, Grep, Hash, LineEnds, Lines, Manner, Occurrences, Read, WorkspaceError,
};

fn encoded(label: &str, text: &str) -> Vec<u8> {
    Encoding::named(label).unwrap().encode(text).unwrap()
}

fn put(files: &Files, bytes: &[u8]) -> Hash {
    let written = files
        .workspace()
        .write(&path("a"), bytes, &Expect::Anything);
    written.unwrap().hash
}

fn edit(files: &Files, read: &Hash, old: &str, new: &str) -> Result<Vec<u8>, WorkspaceError> {
    let edit = Edit {
        old: old.to_owned(),
        new: new.to_owned(),
        occurrences: Occurrences::One,
    };
    files.workspace().edit(&path("a"), read, &[edit])?;
    files.workspace().read_bytes(&path("a"), 0..u64::MAX)
}

/// The text and the encoding of the file.
fn read(files: &Files) -> (String, String) {
    match files.workspace().read(&path("a"), Lines::ALL).unwrap() {
        Read::Text(read) => (read.encoding.name(), read.text),
        Read::Binary { .. } => panic!("it is binary"),
    }
}

#[test]
fn an_edit_leaves_the_encoding_and_the_line_ends() {
    for (label, name, before, after) in [
        (
            "utf-8 with BOM",
            "UTF-8 with BOM",
            "param($x)\r\nend\r\n",
            "param($x)\r\n# größe\r\nend\r\n",
        ),
        (
            "utf-16le with BOM",
            "UTF-16LE with BOM",
            "eins\r\nend\r\n",
            "eins\r\n# größe\r\nend\r\n",
        ),
        (
            "utf-16be with BOM",
            "UTF-16BE with BOM",
            "eins\nend\n",
            "eins\n# größe\nend\n",
        ),
        (
            "utf-16le",
            "UTF-16LE",
            "eins zwei drei\r\nend\r\n",
            "eins zwei drei\r\n# größe\r\nend\r\n",
        ),
        (
            "windows-1252",
            "windows-1252",
            "Fußgängerübergänge\r\nend\r\n",
            "Fußgängerübergänge\r\n# größe\r\nend\r\n",
        ),
    ] {
        let files = Files::new();
        let hash = put(&files, &encoded(label, before));
        assert_eq!(read(&files), (name.to_owned(), before.to_owned()));
        let new = edit(&files, &hash, "end", "# größe\nend").unwrap();
        assert_eq!(new, encoded(label, after), "{label}");
        assert_eq!(read(&files), (name.to_owned(), after.to_owned()));
    }
}

#[test]
fn texts_of_other_scripts_are_edited_in_their_encoding() {
    for (label, before, old, new) in [
        (
            "windows-1251",
            "Съешь ещё этих мягких французских булок.\n",
            "булок",
            "блинов",
        ),
        (
            "shift_jis",
            "これは日本語のテキストファイルです。漢字とかなが混ざっています。\n",
            "漢字",
            "カタカナ",
        ),
        (
            "gbk",
            "这是一个简体中文的文本文件，用来测试编码的识别。\n",
            "识别",
            "转换",
        ),
        (
            "big5",
            "這是一個繁體中文的文字檔案，用來測試編碼的識別。\n",
            "識別",
            "轉換",
        ),
        (
            "euc-kr",
            "이것은 한국어로 쓰여진 텍스트 파일입니다. 인코딩을 시험합니다.\n",
            "파일",
            "문서",
        ),
    ] {
        let files = Files::new();
        let hash = put(&files, &encoded(label, before));
        let found = files.workspace().grep(&Grep::new(old)).unwrap();
        assert_eq!(found.matches, 1, "{label}");
        let bytes = edit(&files, &hash, old, new).unwrap();
        assert_eq!(bytes, encoded(label, &before.replace(old, new)), "{label}");
        let refused = edit(&files, &Hash::of(&bytes), new, "😀").unwrap_err();
        let is_named = matches!(&refused, WorkspaceError::NotInEncoding { char: '😀', .. });
        assert!(
            is_named && refused.to_string().contains("U+1F600"),
            "{refused}"
        );
        assert_eq!(
            read(&files).1,
            before.replace(old, new),
            "nothing was changed"
        );
    }
}

/// A single non-ASCII character remains: the file stays in its code page.
#[test]
fn an_encoding_is_kept_where_the_bytes_do_not_tell_it() {
    let files = Files::new();
    let hash = put(
        &files,
        &encoded("shift_jis", "これは日本語のテキストファイルです。\n"),
    );
    edit(
        &files,
        &hash,
        "これは日本語のテキストファイルです。",
        "é ﾃ".trim_start_matches("é "),
    )
    .unwrap();
    assert_eq!(read(&files), ("Shift_JIS".to_owned(), "ﾃ\n".to_owned()));
}

#[test]
fn a_whole_write_leaves_them_or_says_what_it_changes() {
    let files = Files::new();
    let write = |text: &str, manner: Manner| {
        let written = files
            .workspace()
            .write_text(&path("a"), text, manner, &Expect::Anything);
        let written = written.unwrap();
        (
            files
                .workspace()
                .read_bytes(&path("a"), 0..u64::MAX)
                .unwrap(),
            written,
        )
    };
    let kept = Manner::default();
    put(&files, &encoded("utf-16le with BOM", "one\r\ntwo\r\n"));
    let (bytes, written) = write("one\n2\n", kept);
    assert_eq!(bytes, encoded("utf-16le with BOM", "one\r\n2\r\n"));
    assert_eq!(written.before, Some(written.now));
    let plain = Manner {
        encoding: Some(Encoding::UTF_8),
        line_ends: Some(LineEnds::Lf),
    };
    let (bytes, written) = write("one\r\n2\n", plain);
    assert_eq!(bytes, b"one\n2\n");
    assert_ne!(written.before, Some(written.now));
    let crlf = Manner {
        line_ends: Some(LineEnds::CrLf),
        ..kept
    };
    assert_eq!(write("one\n2\n", crlf).0, b"one\r\n2\r\n");
    put(&files, b"a\r\nb\nc\r\n");
    assert_eq!(write("a\nx\nb\nc\n", kept).0, b"a\r\nx\r\nb\nc\r\n");
    put(&files, b"a\n");
    let (bytes, written) = write("a\r\nb\r\n", kept);
    assert_eq!(bytes, b"a\r\nb\r\n", "whoever writes CR LF means it");
    assert_eq!(written.now.1, LineEnds::CrLf);
}

#[test]
fn lines_and_characters_of_any_text_can_be_reached() {
    let files = Files::new();
    let long: String = (0..60_000)
        .map(|n| char::from(b'a' + (n % 26) as u8))
        .collect();
    let text = format!("é{long}\r\nsecond\r\n");
    for label in [
        "utf-8",
        "utf-8 with BOM",
        "utf-16le with BOM",
        "windows-1252",
    ] {
        put(&files, &encoded(label, &text));
        let from = |first, character| {
            let lines = Lines { first, last: first };
            match files
                .workspace()
                .read_from(&path("a"), lines, character)
                .unwrap()
            {
                Read::Text(read) => (read.text, read.is_beyond),
                Read::Binary { .. } => panic!("{label} is binary"),
            }
        };
        assert_eq!(from(1, 1).0.chars().count(), 60_003, "{label}");
        assert!(from(1, 2).0.starts_with("abc"), "{label}");
        assert_eq!(from(1, 60_001).0, format!("{}\r\n", &long[59_999..]));
        assert!(from(1, 60_002).1);
        assert_eq!(from(2, 3), ("cond\r\n".to_owned(), false));
        assert!(from(2, 9).1);
    }
}
