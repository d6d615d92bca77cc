//! Endings under which everybody can have a domain.

/// Common public suffixes: generic ones, those of countries, and the second
/// levels under which countries hand out names. (The full list has thousands.)
const SUFFIXES: [&str; 96] = [
    "com", "org", "net", "edu", "gov", "mil", "int", "arpa", "info", "biz", "name", "pro", "app",
    "dev", "xyz", "top", "site", "online", "shop", "store", "club", "live", "cloud", "tech",
    "space", "icu", "link", "io", "co", "ai", "me", "tv", "cc", "ws", "to", "us", "uk", "de", "fr",
    "it", "es", "pt", "nl", "be", "ch", "at", "se", "no", "fi", "dk", "pl", "cz", "hu", "ro", "gr",
    "ie", "ru", "ua", "tr", "cn", "jp", "kr", "in", "au", "nz", "br", "mx", "ar", "cl", "ca", "za",
    "il", "eu", "sg", "hk", "tw", "id", "th", "vn", "my", "co.uk", "org.uk", "ac.uk", "gov.uk",
    "com.au", "net.au", "org.au", "co.nz", "co.jp", "or.jp", "co.kr", "com.br", "com.cn", "co.in",
    "co.za", "com.mx",
];

/// A public suffix all of whose domains end with `ending`.
pub(super) fn swallowed(ending: &str) -> Option<&'static str> {
    let ending = ending.to_lowercase();
    let ending = ending.trim_end_matches('.');
    let ending = ending.strip_prefix('.').unwrap_or(ending);
    SUFFIXES.into_iter().find(|suffix| ending == *suffix)
}

#[cfg(test)]
mod tests {
    use super::swallowed;

    #[test]
    fn endings_that_swallow_a_public_suffix_are_found() {
        for (ending, suffix) in [
            (".com", Some("com")),
            ("com", Some("com")),
            ("om", None),
            (".co.uk", Some("co.uk")),
            (".UK.", Some("uk")),
            (".example.com", None),
            (".partner.example", None),
            ("corp.com", None),
            ("", None),
        ] {
            assert_eq!(swallowed(ending), suffix, "{ending}");
        }
    }
}
