//! Checks addresses: only public ones may be fetched. The model writes them, and so does the author of the page it
//! read.
//!
//! A Worker cannot see what a name resolves to. On Cloudflare it cannot reach private networks; on a self-hosted
//! server it can, through a public name that points there. Querying a resolver first would cost two requests per
//! page, reveal to a third party what is read, and prove nothing: the name may resolve differently a moment later. So
//! names made for this purpose are refused, and the user approves each page.

use public_web::is_public_as_written;
use url::Url;

use crate::ToolFailure;

/// The maximum length of an address, in characters.
const MAX_CHARS: usize = 2_000;

/// Lower ports belong to mail, databases and the like, except the two of the web.
const FIRST_FREE_PORT: u16 = 1_024;

/// The hosts that `fetch_url` may reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hosts {
    /// Hosts of the public web.
    #[default]
    Public,
    /// All hosts, including those of the server's own network.
    Any,
}

/// Parses an address, relative to the page at `base` if given, and checks that it may be fetched.
pub(super) fn check(written: &str, base: Option<&Url>, hosts: Hosts) -> Result<Url, ToolFailure> {
    let refuse = |reason: &str| {
        Err(ToolFailure::Explained(format!(
            "{reason} The page was not fetched."
        )))
    };
    if written.chars().nth(MAX_CHARS).is_some() {
        return refuse("The address has more than 2000 characters.");
    }
    let mut url = match base.map_or_else(|| Url::parse(written), |base| base.join(written)) {
        Ok(url) => url,
        Err(error) => {
            return refuse(&format!(
                "The address cannot be read ({error}): it must look like https://example.com/page."
            ));
        }
    };
    url.set_fragment(None);
    if !matches!(url.scheme(), "http" | "https") {
        return refuse("Only http and https addresses can be fetched.");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("The address contains a user name or a password.");
    }
    match hosts {
        Hosts::Any => Ok(url),
        Hosts::Public if !is_public_as_written(&url, written, base) => refuse(&format!(
            "The host `{}` does not belong to the public web.",
            url.host_str().unwrap_or_default()
        )),
        Hosts::Public if !has_web_port(&url) => refuse("The port is not a web port."),
        Hosts::Public => Ok(url),
    }
}

fn has_web_port(url: &Url) -> bool {
    url.port()
        .is_none_or(|port| matches!(port, 80 | 443) || port >= FIRST_FREE_PORT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(written: &str) -> String {
        match check(written, None, Hosts::Public) {
            Ok(url) => panic!("{written} is taken for public: {url}"),
            Err(failure) => failure.to_string(),
        }
    }

    #[test]
    fn pages_of_the_public_web_are_fetched() {
        for (written, url) in [
            ("https://example.com", "https://example.com/"),
            ("HTTP://Example.COM:80/a?b#c", "http://example.com/a?b"),
            ("https://example.com:8443/", "https://example.com:8443/"),
            ("https://example.com:80/", "https://example.com:80/"),
            ("https://8.8.8.8/", "https://8.8.8.8/"),
            ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
            ("https://bücher.example/", "https://xn--bcher-kva.example/"),
            ("https://mylocal.dev", "https://mylocal.dev/"),
            ("https://notlocalhost.com", "https://notlocalhost.com/"),
        ] {
            let read = check(written, None, Hosts::Public).unwrap();
            assert_eq!(read.as_str(), url);
        }
    }

    #[test]
    fn private_and_reserved_addresses_are_not() {
        for host in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.0.1",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
        ] {
            assert!(
                refused(&format!("http://{host}/")).contains("public web"),
                "{host}"
            );
        }
        for host in [
            "100.63.0.1",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
        ] {
            let url = format!("http://{host}/");
            assert!(check(&url, None, Hosts::Public).is_ok(), "{host}");
        }
    }

    #[test]
    fn nor_are_those_of_version_six_or_with_one_of_version_four_inside() {
        for host in [
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(
                refused(&format!("http://[{host}]/")).contains("public web"),
                "{host}"
            );
        }
    }

    #[test]
    fn odd_forms_of_addresses_are_not() {
        for host in [
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "017700000001",
            "127.1",
            "127.0.1",
            "127.0.0.1.",
            "%31%32%37.0.0.1",
            "１２７.0.0.1",
            "①②⑦.0.0.1",
            "127。0。0。1",
            // Public addresses in deceptive notations.
            "134744072",
            "0x08.8.8.8",
            "8.8.2056",
            "010.8.8.8",
        ] {
            refused(&format!("http://{host}/"));
        }
        for written in [
            "http://127.0.0.1.1/",
            "http://256.1.1.1/",
            "http://[::1",
            "http://a b/",
            "http://",
            "//example.com",
            "example.com",
            "",
        ] {
            assert!(refused(written).contains("cannot be read"), "{written}");
        }
    }

    #[test]
    fn names_that_lead_inside_are_not() {
        for host in [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "a.localhost",
            "a.b.localhost",
            "localhost.localdomain",
            "printer",
            "printer.local",
            "db.internal",
            "metadata.google.internal",
            "a.home.arpa",
            "router.lan",
            "127.0.0.1.nip.io",
            "a.sslip.io",
            "localtest.me",
            "x.lvh.me",
            "example.com.",
            "ⓛocalhost",
            "1.0.0.127.in-addr.arpa",
        ] {
            assert!(
                refused(&format!("http://{host}/")).contains("public web"),
                "{host}"
            );
        }
    }

    #[test]
    fn other_schemes_ports_and_credentials_are_not() {
        for url in [
            "file:///etc/passwd",
            "ftp://example.com/",
            "data:text/plain,a",
            "javascript:alert(1)",
            "ws://example.com/",
            "blob:https://example.com/a",
        ] {
            assert!(refused(url).contains("http and https"), "{url}");
        }
        for url in [
            "http://me@example.com/",
            "http://me:pass@example.com/",
            "http://:pass@example.com/",
            "http://example.com@127.0.0.1/",
        ] {
            assert!(refused(url).contains("user name"), "{url}");
        }
        for port in [0, 1, 22, 25, 1_023] {
            assert!(
                refused(&format!("https://example.com:{port}/")).contains("port"),
                "{port}"
            );
        }
        assert!(refused(&format!("https://example.com/{}", "a".repeat(2_000))).contains("2000"));
    }

    #[test]
    fn a_redirect_is_relative_to_its_page() {
        let base = Url::parse("https://example.com/a/b").unwrap();
        let from = |written: &str| check(written, Some(&base), Hosts::Public);
        assert_eq!(from("../c#d").unwrap().as_str(), "https://example.com/c");
        assert_eq!(
            from("//example.org").unwrap().as_str(),
            "https://example.org/"
        );
        let numbers = Url::parse("https://8.8.8.8/a").unwrap();
        assert!(check("/b", Some(&numbers), Hosts::Public).is_ok());
        assert!(check("//0x08.8.8.9/", Some(&numbers), Hosts::Public).is_err());
        assert!(from("http://127.0.0.1/").is_err() && from("//localhost/").is_err());
        assert!(from("file:///etc/passwd").is_err() && from("//0x7f.1/").is_err());
    }

    #[test]
    fn every_host_may_be_allowed_for_tests_and_private_networks() {
        let any = |written: &str| check(written, None, Hosts::Any);
        assert!(any("http://127.0.0.1:25/").is_ok() && any("http://printer/").is_ok());
        assert!(any("file:///etc/passwd").is_err() && any("http://me@printer/").is_err());
    }
}
