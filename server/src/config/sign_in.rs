//! The settings of the sign-in.

use accounts::access::AccessSettings;
use common::secret::Secret;
use thiserror::Error;

use super::settings::{ACCESS_AUD, ACCESS_OWNER, ACCESS_TEAM_DOMAIN, AUTH, OWNER_SECRET};

/// Where the server listens, as set by the start scripts. It cannot be set by hand.
pub(super) const LISTENS_ON: &str = "LISTENS_ON";

/// The names of a server behind a proxy. They show that it is reachable from elsewhere, wherever it listens.
const ALLOWED_HOSTS: &str = "ALLOWED_HOSTS";

/// A guessable secret would make everybody the owner.
const LEAST_SECRET_CHARS: usize = 32;

/// Who may use this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// Everyone who reaches it: it listens on its own machine only.
    Off,
    /// People who sign in.
    On(Modes),
    /// Nobody, until it is configured.
    NotSetUp(NotSetUp),
}

/// The enabled ways to sign in; at least one is for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Modes {
    /// Links, beginning with the owner's, which this secret signs.
    pub owner: Option<Secret>,
    /// An identity provider in front of the server: Cloudflare Access.
    pub access: Option<AccessSettings>,
    /// Tokens, for programs.
    pub tokens: bool,
}

/// Why nobody may use this server yet. `Display` says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotSetUp {
    /// The server is reachable from elsewhere, and `AUTH` is not set.
    #[error(
        "This server can be reached from other machines, and AUTH does not say who may use it. Set AUTH to `owner`, and \
         start or deploy again: a link with which you sign in is printed then."
    )]
    NotChosen,
    /// `AUTH` is `none`, but the server is reachable from elsewhere.
    #[error(
        "AUTH is `none`, which is for a server that listens on its own machine alone; this one can be reached from others. \
         Set AUTH to `owner`, or listen on 127.0.0.1."
    )]
    NoneInPublic,
    /// `AUTH` is `none` together with other modes.
    #[error("AUTH names `none` and another mode. Leave out one of them.")]
    NoneWithOthers,
    /// `AUTH` has an unknown mode.
    #[error("AUTH names `{0}`, but only `none`, `owner`, `access` and `tokens` exist.")]
    Unknown(String),
    /// `AUTH` is `tokens` alone.
    #[error(
        "AUTH is `tokens` alone, and nobody could make the first one. Add `owner` or `access`."
    )]
    TokensAlone,
    /// `AUTH` is `owner` without a secret.
    #[error(
        "AUTH names `owner`, but OWNER_SECRET is not set. `npm start` and `npm run deploy` make one. By hand: a random text \
         of {LEAST_SECRET_CHARS} characters or more, kept as a secret."
    )]
    NoSecret,
    /// The secret is too short.
    #[error(
        "OWNER_SECRET is too short. It must be a random text of {LEAST_SECRET_CHARS} characters or more."
    )]
    ShortSecret,
    /// `AUTH` is `access`, and one of its settings is missing.
    #[error("AUTH names `access`, but {0} is not set.")]
    MissingAccess(&'static str),
    /// The team domain is invalid.
    #[error("ACCESS_TEAM_DOMAIN is not a host name. It must look like team.cloudflareaccess.com.")]
    UnusableTeamDomain,
    /// The owner's e-mail address is invalid.
    #[error("ACCESS_OWNER is not an e-mail address.")]
    UnusableOwner,
}

impl SignIn {
    /// Reads the settings that `lookup` returns by name, including those of the start scripts. A blank value counts
    /// as missing.
    pub fn parse(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let setting = |name: &str| {
            let value = lookup(name)?.trim().to_owned();
            (!value.is_empty()).then_some(value)
        };
        let is_on_loopback = setting(LISTENS_ON).as_deref() == Some("loopback");
        let has_names = setting(ALLOWED_HOSTS).is_some();
        let auth = setting(AUTH);
        if auth.is_none() && has_names {
            return Self::NotSetUp(NotSetUp::NotChosen);
        }
        match Chosen::read(auth.as_deref(), is_on_loopback) {
            Ok(Chosen::Nothing) => Self::Off,
            Ok(Chosen::Modes {
                owner,
                access,
                tokens,
            }) => modes(owner, access, tokens, setting).map_or_else(Self::NotSetUp, Self::On),
            Err(problem) => Self::NotSetUp(problem),
        }
    }
}

/// The modes in `AUTH`.
enum Chosen {
    Nothing,
    Modes {
        owner: bool,
        access: bool,
        tokens: bool,
    },
}

impl Chosen {
    fn read(auth: Option<&str>, is_on_loopback: bool) -> Result<Self, NotSetUp> {
        let (mut none, mut owner, mut access, mut tokens) = (false, false, false, false);
        let names = auth.unwrap_or_default().split(',').map(str::trim);
        for name in names.filter(|name| !name.is_empty()) {
            match name.to_ascii_lowercase().as_str() {
                "none" => none = true,
                "owner" => owner = true,
                "access" => access = true,
                "tokens" => tokens = true,
                _ => return Err(NotSetUp::Unknown(name.to_owned())),
            }
        }
        let any = owner || access || tokens;
        match (none, any, is_on_loopback) {
            (true, true, _) => Err(NotSetUp::NoneWithOthers),
            (true, false, false) => Err(NotSetUp::NoneInPublic),
            (false, false, false) => Err(NotSetUp::NotChosen),
            (_, false, true) => Ok(Self::Nothing),
            (false, true, _) if !owner && !access => Err(NotSetUp::TokensAlone),
            (false, true, _) => Ok(Self::Modes {
                owner,
                access,
                tokens,
            }),
        }
    }
}

fn modes(
    owner: bool,
    access: bool,
    tokens: bool,
    setting: impl Fn(&str) -> Option<String>,
) -> Result<Modes, NotSetUp> {
    Ok(Modes {
        owner: owner
            .then(|| owner_secret(setting(OWNER_SECRET)))
            .transpose()?,
        access: access.then(|| access_settings(&setting)).transpose()?,
        tokens,
    })
}

fn owner_secret(value: Option<String>) -> Result<Secret, NotSetUp> {
    let value = value.ok_or(NotSetUp::NoSecret)?;
    if value.chars().count() < LEAST_SECRET_CHARS {
        return Err(NotSetUp::ShortSecret);
    }
    Secret::new(&value).ok_or(NotSetUp::NoSecret)
}

fn access_settings(setting: &impl Fn(&str) -> Option<String>) -> Result<AccessSettings, NotSetUp> {
    let needed = |name| setting(name).ok_or(NotSetUp::MissingAccess(name));
    let team_domain = needed(ACCESS_TEAM_DOMAIN)?.to_ascii_lowercase();
    // People paste the URL of their team's page.
    let team_domain = team_domain
        .trim_start_matches("https://")
        .trim_end_matches('/');
    // A port occurs when a local program stands in for the team.
    let is_host = |c: char| c.is_ascii_alphanumeric() || "-.:".contains(c);
    if !team_domain.contains(['.', ':']) || !team_domain.chars().all(is_host) {
        return Err(NotSetUp::UnusableTeamDomain);
    }
    let owner = needed(ACCESS_OWNER)?.to_lowercase();
    let is_address = owner
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if !is_address {
        return Err(NotSetUp::UnusableOwner);
    }
    Ok(AccessSettings {
        team_domain: team_domain.to_owned(),
        audience: needed(ACCESS_AUD)?,
        owner,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: (&str, &str) = (OWNER_SECRET, "0123456789abcdef0123456789abcdef");
    const LOOPBACK: (&str, &str) = (LISTENS_ON, "loopback");
    const NETWORK: (&str, &str) = (LISTENS_ON, "network");
    const ACCESS: [(&str, &str); 3] = [
        (ACCESS_TEAM_DOMAIN, "https://Team.cloudflareaccess.com/"),
        (ACCESS_AUD, "aud"),
        (ACCESS_OWNER, "Ann@Example.com"),
    ];

    fn parse(settings: &[(&str, &str)]) -> SignIn {
        SignIn::parse(|name| {
            let found = settings.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn refused(settings: &[(&str, &str)]) -> NotSetUp {
        match parse(settings) {
            SignIn::NotSetUp(problem) => problem,
            let_in @ (SignIn::Off | SignIn::On(_)) => panic!("{let_in:?}"),
        }
    }

    #[test]
    fn without_a_choice_only_the_own_machine_is_admitted() {
        assert_eq!(parse(&[LOOPBACK]), SignIn::Off);
        assert_eq!(parse(&[LOOPBACK, (AUTH, " None ")]), SignIn::Off);
        assert_eq!(parse(&[LOOPBACK, (AUTH, " , ")]), SignIn::Off);
        for where_it_listens in [&[NETWORK][..], &[], &[(LISTENS_ON, "Loopback")]] {
            assert_eq!(refused(where_it_listens), NotSetUp::NotChosen);
            let none = [where_it_listens, &[(AUTH, "none")]].concat();
            assert_eq!(refused(&none), NotSetUp::NoneInPublic);
        }
        // A proxy in front of it makes it public.
        let behind_proxy = [LOOPBACK, (ALLOWED_HOSTS, "coder.example.com")];
        assert_eq!(refused(&behind_proxy), NotSetUp::NotChosen);
        let chosen = [&behind_proxy[..], &[(AUTH, "none")]].concat();
        assert_eq!(parse(&chosen), SignIn::Off);
    }

    #[test]
    fn modes_may_be_combined_and_need_their_settings() {
        let SignIn::On(modes) = parse(&[NETWORK, (AUTH, "owner, tokens"), SECRET]) else {
            panic!();
        };
        assert!(modes.owner.is_some() && modes.access.is_none() && modes.tokens);
        let mut settings = ACCESS.to_vec();
        settings.push((AUTH, "access"));
        let SignIn::On(modes) = parse(&settings) else {
            panic!();
        };
        let expected = AccessSettings {
            team_domain: "team.cloudflareaccess.com".to_owned(),
            audience: "aud".to_owned(),
            owner: "ann@example.com".to_owned(),
        };
        assert_eq!(modes.access, Some(expected));
        for missing in [ACCESS_TEAM_DOMAIN, ACCESS_AUD, ACCESS_OWNER] {
            let mut settings = settings.clone();
            settings.retain(|(name, _)| *name != missing);
            assert_eq!(refused(&settings), NotSetUp::MissingAccess(missing));
        }
    }

    #[test]
    fn an_impossible_sign_in_is_refused_on_loopback_too() {
        for (auth, expected) in [
            ("owner,none", NotSetUp::NoneWithOthers),
            ("owners", NotSetUp::Unknown("owners".to_owned())),
            ("tokens", NotSetUp::TokensAlone),
            ("owner", NotSetUp::NoSecret),
        ] {
            assert_eq!(refused(&[LOOPBACK, (AUTH, auth)]), expected);
        }
        let short = [(AUTH, "owner"), (OWNER_SECRET, "0123456789abcdef")];
        assert_eq!(refused(&short), NotSetUp::ShortSecret);
        let mut settings = vec![(AUTH, "access")];
        settings.extend(ACCESS);
        settings[1].1 = "https://team.cloudflareaccess.com/path";
        assert_eq!(refused(&settings), NotSetUp::UnusableTeamDomain);
        settings[1].1 = "team.cloudflareaccess.com";
        settings[3].1 = "ann";
        assert_eq!(refused(&settings), NotSetUp::UnusableOwner);
    }
}
