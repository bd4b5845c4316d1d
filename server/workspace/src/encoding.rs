//! The encodings of texts: detected when a text is stored, and kept when it is changed.
//!
//! - [`Encoding`]: an encoding and its two directions. [`detect`]: the detection.

mod detect;

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};

/// The encoding of a text as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding {
    charset: &'static encoding_rs::Encoding,
    /// Whether the text begins with a byte order mark.
    has_mark: bool,
}

/// The byte order mark, as a character.
const MARK: char = '\u{feff}';

/// The suffix that is stored after the name of an encoding with a byte order mark.
const WITH_MARK: &str = "+bom";

/// The stored encoding of contents whose kind must be determined again: an earlier version took them for binary.
pub(super) const UNKNOWN: &str = "?";

impl Encoding {
    /// UTF-8 without a mark: the encoding of nearly all files.
    pub const UTF_8: Self = Self {
        charset: UTF_8,
        has_mark: false,
    };

    /// UTF-8 with a byte order mark, as some tools on Windows write it.
    pub const UTF_8_WITH_MARK: Self = Self {
        charset: UTF_8,
        has_mark: true,
    };

    /// Detects the encoding of bytes; `None` when they are not text.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        detect::detect(bytes)
    }

    /// Finds an encoding by its usual name, in any case; the suffix ` with BOM` adds the byte order mark.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        let bare = name.strip_suffix(" with bom").or(name.strip_suffix("-bom"));
        let charset =
            encoding_rs::Encoding::for_label_no_replacement(bare.unwrap_or(&name).as_bytes())?;
        let is_unicode = charset == UTF_8 || charset == UTF_16LE || charset == UTF_16BE;
        let has_mark = bare.is_some();
        (is_unicode || !has_mark).then_some(Self { charset, has_mark })
    }

    /// Whether it is UTF-8 without a mark.
    #[must_use]
    pub fn is_plain(self) -> bool {
        self == Self::UTF_8
    }

    /// The usual name, such as `windows-1252` or `UTF-8 with BOM`.
    #[must_use]
    pub fn name(self) -> String {
        let mark = if self.has_mark { " with BOM" } else { "" };
        format!("{}{mark}", self.charset.name())
    }

    /// The name of its charset, for a header.
    #[must_use]
    pub fn charset(self) -> String {
        self.charset.name().to_ascii_lowercase()
    }

    /// The stored form; `None` for UTF-8 without a mark.
    pub(super) fn stored(self) -> Option<String> {
        let mark = if self.has_mark { WITH_MARK } else { "" };
        (!self.is_plain()).then(|| format!("{}{mark}", self.charset()))
    }

    /// Reads the stored form.
    pub(super) fn from_stored(stored: &str) -> Option<Self> {
        let (name, has_mark) = match stored.strip_suffix(WITH_MARK) {
            Some(name) => (name, true),
            None => (stored, false),
        };
        let charset = encoding_rs::Encoding::for_label(name.as_bytes())?;
        Some(Self { charset, has_mark })
    }

    /// The length of the mark in bytes; zero without one.
    pub(super) fn mark_bytes(self) -> usize {
        match self.has_mark {
            false => 0,
            true if self.charset == UTF_8 => 3,
            true => 2,
        }
    }

    /// Whether the bytes are UTF-8, apart from the mark.
    pub(super) fn is_utf8(self) -> bool {
        self.charset == UTF_8
    }

    /// The text, without the mark. `None` when the bytes are not valid in this encoding.
    #[must_use]
    pub fn decode(self, mut bytes: Vec<u8>) -> Option<String> {
        let mark = self.mark_bytes().min(bytes.len());
        if self.is_utf8() {
            bytes.drain(..mark);
            return String::from_utf8(bytes).ok();
        }
        let bytes = bytes.get(mark..)?;
        let text = self
            .charset
            .decode_without_bom_handling_and_without_replacement(bytes)?;
        Some(text.into_owned())
    }

    /// The bytes of a text, including the mark if there is one.
    ///
    /// # Errors
    /// The first character that the encoding lacks.
    pub(super) fn encode(self, text: &str) -> Result<Vec<u8>, char> {
        let text = text
            .strip_prefix(MARK)
            .filter(|_| self.has_mark)
            .unwrap_or(text);
        let mark = if self.has_mark { Some(MARK) } else { None };
        let chars = || mark.into_iter().chain(text.chars());
        if self.charset == UTF_16LE || self.charset == UTF_16BE {
            let to_bytes = if self.charset == UTF_16LE {
                u16::to_le_bytes
            } else {
                u16::to_be_bytes
            };
            let mut units = [0; 2];
            let mut bytes = Vec::with_capacity(text.len() * 2 + 2);
            for char in chars() {
                for unit in char.encode_utf16(&mut units) {
                    bytes.extend(to_bytes(*unit));
                }
            }
            return Ok(bytes);
        }
        if self.is_utf8() {
            return Ok(chars().collect::<String>().into_bytes());
        }
        let mut encoder = self.charset.new_encoder();
        let mut bytes = Vec::new();
        let mut rest = text;
        loop {
            bytes.reserve(rest.len() + 16);
            let (result, read) =
                encoder.encode_from_utf8_to_vec_without_replacement(rest, &mut bytes, true);
            rest = rest.get(read..).unwrap_or_default();
            match result {
                encoding_rs::EncoderResult::InputEmpty => break,
                encoding_rs::EncoderResult::OutputFull => {}
                encoding_rs::EncoderResult::Unmappable(char) => return Err(char),
            }
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], name: &str, text: &str) {
        let encoding = Encoding::of(bytes).unwrap_or_else(|| panic!("{text} is no text"));
        assert_eq!(encoding.name(), name);
        assert_eq!(encoding.decode(bytes.to_vec()).as_deref(), Some(text));
        assert_eq!(encoding.encode(text).as_deref(), Ok(bytes));
        let stored = encoding.stored().unwrap_or_else(|| "utf-8".to_owned());
        assert_eq!(Encoding::from_stored(&stored), Some(encoding));
    }

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn texts_of_unicode() {
        check(b"", "UTF-8", "");
        check("größe\r\n".as_bytes(), "UTF-8", "größe\r\n");
        check(b"\xef\xbb\xbfparam\n", "UTF-8 with BOM", "param\n");
        check(b"\xef\xbb\xbf", "UTF-8 with BOM", "");
        for text in ["Import-Module x\r\n", "Привет, мир\n", "日本語\n", "😀"] {
            check(
                &[b"\xff\xfe".to_vec(), utf16(text, u16::to_le_bytes)].concat(),
                "UTF-16LE with BOM",
                text,
            );
            check(
                &[b"\xfe\xff".to_vec(), utf16(text, u16::to_be_bytes)].concat(),
                "UTF-16BE with BOM",
                text,
            );
        }
        for text in [
            "Windows Registry Editor\r\n[HKEY]\r\n",
            "Привет, большой мир\n",
            "name;größe\n1;2\n",
        ] {
            check(&utf16(text, u16::to_le_bytes), "UTF-16LE", text);
            check(&utf16(text, u16::to_be_bytes), "UTF-16BE", text);
        }
    }

    #[test]
    fn texts_of_code_pages() {
        let german = "Die Größe der Tür wird für Österreich überprüft.\n";
        let french = "Où est le garçon ? Il a été à l\u{2019}école, c\u{2019}est sûr.\r\n";
        let polish = "Zażółć gęślą jaźń, proszę bardzo, święto źdźbło.\n";
        let russian = "Съешь ещё этих мягких французских булок, да выпей чаю.\n";
        let greek = "Η γρήγορη αλεπού πηδάει πάνω από το σκυλί.\n";
        let japanese = "これは日本語のテキストファイルです。漢字とかなが混ざっています。\n";
        let chinese = "这是一个简体中文的文本文件，用来测试编码的识别。\n";
        let taiwanese = "這是一個繁體中文的文字檔案，用來測試編碼的識別。\n";
        let korean = "이것은 한국어로 쓰여진 텍스트 파일입니다. 인코딩을 시험합니다.\n";
        for (label, text) in [
            ("windows-1252", german),
            ("windows-1252", french),
            ("windows-1250", polish),
            ("windows-1251", russian),
            ("KOI8-R", russian),
            ("windows-1253", greek),
            ("Shift_JIS", japanese),
            ("EUC-JP", japanese),
            ("GBK", chinese),
            ("Big5", taiwanese),
            ("EUC-KR", korean),
        ] {
            let charset = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap();
            let (bytes, _, lost) = charset.encode(text);
            assert!(!lost, "{label}");
            let found = Encoding::of(&bytes).unwrap_or_else(|| panic!("{label} is no text"));
            assert_eq!(
                found.decode(bytes.to_vec()).as_deref(),
                Some(text),
                "{label} as {}",
                found.name()
            );
        }
        check(b"caf\xe9", "windows-1252", "café");
        check(
            b"// \xa9 2019 M\xfcller\nint x;\n",
            "windows-1252",
            "// © 2019 Müller\nint x;\n",
        );
    }

    #[test]
    fn binary_content_is_not_text() {
        let noise = |seed: u64, count: usize| -> Vec<u8> {
            let mut random = fastrand::Rng::with_seed(seed);
            (0..count).map(|_| random.u8(..)).collect()
        };
        for bytes in [
            &b"\0"[..],
            b"\0\0\0\0",
            b"a\0b",
            b"ab\0\0",
            b"\x01\x02\x03\xff",
            b"%PDF-1.7\n\0",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x02\0\0\0",
            b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01",
            b"PK\x03\x04\x14\0\0\0\x08\0",
            b"\x7fELF\x02\x01\x01\0\0\0\0\0",
            b"\x1f\x8b\x08\0\0\0\0\0",
            b"\xff\xfe\0\0a\0\0\0",
            b"\xff\xfea",
            b"\xff\xfe\x00\xd8a\0",
        ] {
            assert_eq!(Encoding::of(bytes), None, "{bytes:?}");
        }
        for seed in 0..200 {
            for count in [64, 200, 1_000] {
                assert_eq!(Encoding::of(&noise(seed, count)), None, "{seed} {count}");
            }
        }
        // Integers of 16 and 32 bits, as in audio and tables.
        let numbers: Vec<u8> = (0..400_u32).flat_map(|n| (n * 3).to_le_bytes()).collect();
        assert_eq!(Encoding::of(&numbers), None);
        let numbers: Vec<u8> = (0..400_u16).flat_map(|n| (n * 37).to_le_bytes()).collect();
        assert_eq!(Encoding::of(&numbers), None);
    }

    #[test]
    fn a_character_that_the_encoding_lacks_is_named() {
        let latin = Encoding::of(b"caf\xe9").unwrap();
        assert_eq!(latin.encode("café €"), Ok(b"caf\xe9 \x80".to_vec()));
        assert_eq!(latin.encode("café 日"), Err('日'));
        // The mark is written once.
        assert_eq!(
            Encoding::UTF_8_WITH_MARK.encode("\u{feff}a"),
            Ok(b"\xef\xbb\xbfa".to_vec())
        );
    }
}
