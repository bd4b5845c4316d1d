//! The settings of GitHub.

use common::secret::Secret;
use github::{Api, Author};

use super::{ConfigError, settings};

/// The GitHub server, and the token for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GithubSettings {
    /// The server.
    pub api: Api,
    /// The token; `None`: only what is public can be read.
    pub token: Option<Secret>,
}

pub(super) fn parse(
    setting: impl Fn(&str) -> Option<String>,
) -> Result<GithubSettings, ConfigError> {
    let api = setting(settings::GITHUB_API_URL).map_or_else(
        || Ok(Api::default()),
        |url| {
            Api::at(&url).map_err(|reason| ConfigError::UnusableGithubUrl {
                reason: reason.to_string(),
            })
        },
    )?;
    let token = setting(settings::GITHUB_TOKEN).map(token).transpose()?;
    let author = setting(settings::GITHUB_AUTHOR)
        .map(|written| author(&written))
        .transpose()?;
    Ok(GithubSettings {
        api: api.with_token(token.is_some()).by(author),
        token,
    })
}

/// A token goes into a header, where other characters would fail each request.
fn token(written: String) -> Result<Secret, ConfigError> {
    let is_token = written.bytes().all(|byte| byte.is_ascii_graphic());
    let secret = Secret::new(&written).filter(|_| is_token);
    secret.ok_or(ConfigError::UnusableGithubToken)
}

/// `Name <address>`, as in git.
fn author(written: &str) -> Result<Author, ConfigError> {
    let unusable = || ConfigError::UnusableGithubAuthor {
        value: written.to_owned(),
    };
    let (name, rest) = written.split_once('<').ok_or_else(unusable)?;
    let email = rest.strip_suffix('>').ok_or_else(unusable)?;
    let (name, email) = (name.trim(), email.trim());
    let is_plain = |text: &str| !text.is_empty() && !text.contains(['<', '>', '\n', '\r', '\0']);
    if !is_plain(name) || !is_plain(email) || !email.contains('@') {
        return Err(unusable());
    }
    Ok(Author {
        name: name.to_owned(),
        email: email.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<GithubSettings, ConfigError> {
        parse(|name| {
            let found = pairs.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn without_settings_it_is_github_without_a_token() {
        assert_eq!(read(&[]), Ok(GithubSettings::default()));
        assert!(!GithubSettings::default().api.has_token);
    }

    #[test]
    fn settings_are_read() {
        let settings = read(&[
            ("GITHUB_API_URL", "https://git.example.com/api/v3"),
            ("GITHUB_TOKEN", "ghp_abc"),
            ("GITHUB_AUTHOR", "Coder Bot <bot@example.com>"),
        ])
        .unwrap();
        assert_eq!(settings.api.web_host(), "git.example.com");
        assert!(settings.api.has_token);
        let author = settings.api.author.as_ref().unwrap();
        assert_eq!(
            (author.name.as_str(), author.email.as_str()),
            ("Coder Bot", "bot@example.com")
        );
        assert!(!format!("{settings:?}").contains("ghp_abc"));
    }

    #[test]
    fn unusable_settings_are_named() {
        for (name, value) in [
            ("GITHUB_API_URL", "github"),
            ("GITHUB_API_URL", "https://me:secret@git.example.com"),
            ("GITHUB_TOKEN", "two words"),
            ("GITHUB_TOKEN", "töken"),
            ("GITHUB_AUTHOR", "Bot"),
            ("GITHUB_AUTHOR", "Bot <bot>"),
            ("GITHUB_AUTHOR", "<bot@example.com>"),
        ] {
            let error = read(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
            assert!(
                !error.contains("secret") && !error.contains("töken"),
                "{error}"
            );
        }
    }
}
