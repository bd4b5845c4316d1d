//! The name of a file with code in a language.

/// Languages as writers call them, and how the names of their files end.
const ENDINGS: &[(&str, &str)] = &[
    ("bash", "sh"),
    ("c", "c"),
    ("c#", "cs"),
    ("c++", "cpp"),
    ("clojure", "clj"),
    ("console", "sh"),
    ("cpp", "cpp"),
    ("csharp", "cs"),
    ("css", "css"),
    ("diff", "diff"),
    ("elixir", "ex"),
    ("erlang", "erl"),
    ("go", "go"),
    ("graphql", "graphql"),
    ("haskell", "hs"),
    ("html", "html"),
    ("ini", "ini"),
    ("java", "java"),
    ("javascript", "js"),
    ("js", "js"),
    ("json", "json"),
    ("jsx", "jsx"),
    ("kotlin", "kt"),
    ("lua", "lua"),
    ("markdown", "md"),
    ("md", "md"),
    ("ocaml", "ml"),
    ("perl", "pl"),
    ("php", "php"),
    ("powershell", "ps1"),
    ("py", "py"),
    ("python", "py"),
    ("r", "r"),
    ("rb", "rb"),
    ("rs", "rs"),
    ("ruby", "rb"),
    ("rust", "rs"),
    ("scala", "scala"),
    ("scss", "scss"),
    ("sh", "sh"),
    ("shell", "sh"),
    ("sql", "sql"),
    ("svelte", "svelte"),
    ("svg", "svg"),
    ("swift", "swift"),
    ("toml", "toml"),
    ("ts", "ts"),
    ("tsx", "tsx"),
    ("typescript", "ts"),
    ("vue", "vue"),
    ("xml", "xml"),
    ("yaml", "yaml"),
    ("yml", "yml"),
    ("zig", "zig"),
    ("zsh", "sh"),
];

/// A name for a file with code in this language; the writer may have called it anything.
pub(super) fn file_name(language: &str) -> String {
    let language = language.split([',', '{', ':']).next().unwrap_or_default();
    let language = language.to_ascii_lowercase();
    if language == "dockerfile" || language == "makefile" {
        return language;
    }
    let known = ENDINGS.iter().find(|(name, _)| *name == language);
    format!("code.{}", known.map_or("txt", |(_, ending)| ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_for_its_language() {
        for (language, expected) in [
            ("Rust", "code.rs"),
            ("rust,ignore", "code.rs"),
            ("", "code.txt"),
            ("../../etc/passwd", "code.txt"),
            ("dockerfile", "dockerfile"),
        ] {
            assert_eq!(file_name(language), expected);
        }
    }
}
