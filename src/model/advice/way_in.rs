//! The way into a cluster, as the file of a Beat writes it; without any secret.

use super::quoted;

/// How the installer got in, as far as a Beat has to do the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WayIn {
    /// By which authority the cluster is believed.
    pub authority: Authority,
    /// What it takes to be let in.
    pub credentials: Credentials,
}

/// By which authority a cluster is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Authority {
    /// By those of the machine, or nobody is asked.
    #[default]
    Known,
    /// By one in a file.
    File,
    /// By one whose certificate has this SHA-256, in hex.
    Fingerprint(String),
}

/// What it takes to be let in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Credentials {
    /// Nothing.
    #[default]
    None,
    /// A user and a password.
    Password,
    /// An API key or a token.
    Key,
}

/// The lines below `output.elasticsearch`. Values in `${}` are looked up in the
/// keystore of the Beat, or in its environment.
pub(super) fn lines(way_in: &WayIn) -> Vec<String> {
    let mut lines = Vec::new();
    match &way_in.authority {
        Authority::Known => {}
        Authority::File => lines.push(
            "  ssl.certificate_authorities: [\"/PATH/TO/CA.pem\"]  # the file of --ca".to_owned(),
        ),
        Authority::Fingerprint(hex) => {
            lines.push(format!("  ssl.ca_trusted_fingerprint: {}", quoted(hex)));
        }
    }
    let keys: &[&str] = match way_in.credentials {
        Credentials::None => &[],
        Credentials::Password => &[
            "  username: \"${ES_USER}\"  # one of the Beat's own",
            "  password: \"${ES_PASSWORD}\"",
        ],
        Credentials::Key => &["  api_key: \"${ES_API_KEY}\"  # ID:KEY, one of the Beat's own"],
    };
    lines.extend(keys.iter().map(|line| (*line).to_owned()));
    lines
}

#[cfg(test)]
mod tests {
    use super::{Authority, Credentials, WayIn, lines};

    #[test]
    fn the_lines_say_how_a_beat_gets_in() {
        assert_eq!(lines(&WayIn::default()), Vec::<String>::new());
        let pinned = WayIn {
            authority: Authority::Fingerprint("ab12".to_owned()),
            credentials: Credentials::Key,
        };
        assert_eq!(
            lines(&pinned),
            [
                "  ssl.ca_trusted_fingerprint: \"ab12\"",
                "  api_key: \"${ES_API_KEY}\"  # ID:KEY, one of the Beat's own"
            ]
        );
        let told = lines(&WayIn {
            authority: Authority::File,
            credentials: Credentials::Password,
        });
        let told = told.join("\n");
        for part in [
            "ssl.certificate_authorities: [",
            "username: \"${",
            "password: \"${",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }
}
