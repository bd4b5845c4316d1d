//! Decodes the names of entries. A zip file marks a name as UTF-8, or leaves the encoding to the computer that made
//! it.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, IBM866, SHIFT_JIS};

/// The upper half of code page 437 of the first PCs, the default encoding of zip files.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// The encoding of names without a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CodePage {
    /// Code page 437. It has the letters of Western Europe where its successor 850 has them.
    Pc,
    /// Another encoding.
    Known(&'static Encoding),
}

impl CodePage {
    /// The code page of the names of one archive, none of which is UTF-8.
    ///
    /// Non-ASCII letters mostly occur singly in the words of Western Europe, and in groups in other scripts. Only in
    /// the second case is the guess of a detector used, since it does not know code page 437.
    pub(super) fn of(names: &[&[u8]]) -> Self {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        let (mut in_runs, mut all) = (0, 0);
        for name in names {
            detector.feed(name, false);
            detector.feed(b"\n", false);
            let runs = name.split(u8::is_ascii);
            for run in runs.map(<[u8]>::len).filter(|run| *run > 0) {
                all += run;
                in_runs += if run > 2 { run } else { 0 };
            }
        }
        detector.feed(b"\n", true);
        let guess = detector.guess(None, Utf8Detection::Deny);
        let is_other_script = [SHIFT_JIS, GBK, BIG5, EUC_KR, IBM866].contains(&guess);
        let fits = |name: &&[u8]| {
            let decoded = guess.decode_without_bom_handling_and_without_replacement(name);
            decoded.is_some()
        };
        if is_other_script && in_runs * 2 > all && names.iter().all(fits) {
            Self::Known(guess)
        } else {
            Self::Pc
        }
    }

    /// Decodes a name; `None` when it is invalid.
    pub(super) fn decode(self, name: &[u8]) -> Option<String> {
        match self {
            Self::Known(encoding) => {
                let text = encoding.decode_without_bom_handling_and_without_replacement(name)?;
                Some(text.into_owned())
            }
            Self::Pc => Some(name.iter().map(|byte| of_pc(*byte)).collect()),
        }
    }

    /// The usual name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pc => "CP437",
            Self::Known(encoding) => encoding.name(),
        }
    }
}

fn of_pc(byte: u8) -> char {
    match byte.checked_sub(0x80) {
        None => char::from(byte),
        Some(upper) => CP437.chars().nth(usize::from(upper)).unwrap_or(' '),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(names: &[&[u8]]) -> (&'static str, Vec<String>) {
        let page = CodePage::of(names);
        let decoded = names.iter().map(|name| page.decode(name).unwrap());
        (page.name(), decoded.collect())
    }

    #[test]
    fn names_of_western_pcs() {
        let names: &[&[u8]] = &[b"\x9abergr\x94\xe1e.txt", b"caf\x82.md", b"ma\xa4ana"];
        assert_eq!(
            read(names),
            (
                "CP437",
                ["Übergröße.txt", "café.md", "mañana"]
                    .map(str::to_owned)
                    .to_vec()
            )
        );
        assert_eq!(CP437.chars().count(), 128);
    }

    #[test]
    fn names_of_other_scripts() {
        for (encoding, name) in [
            (SHIFT_JIS, "日本語の資料/読んでください.txt"),
            (GBK, "中文资料/说明文件.txt"),
            (BIG5, "中文資料/說明文件.txt"),
            (EUC_KR, "한국어 자료/설명서입니다.txt"),
            (IBM866, "Документы/Отчёт за год.txt"),
        ] {
            let raw = encoding.encode(name).0.into_owned();
            assert_eq!(read(&[&raw]), (encoding.name(), vec![name.to_owned()]));
        }
    }
}
