//! Names of the retired commands, for those whose fingers or scripts still write
//! them: what stands in their place is named in the error.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::environment::Environment;

/// Commands of the groups `es experimental ml`, `es`, `kibana` and `dev`.
const COMMANDS: [(&str, &str); 11] = [
    ("setup", "install --release TAG"),
    ("setup-dga-model", "install --release TAG"),
    ("remove-model", "remove --model ID"),
    (
        "remove-scripts-pipelines",
        "remove --family dga,problemchild",
    ),
    ("check-files", "cluster files"),
    (
        "upload-job",
        "job put --from FILE (or datafeed put, analytics put)",
    ),
    (
        "delete-job",
        "job delete ID (or datafeed delete, analytics delete)",
    ),
    ("upload-rule", "rule put FILE"),
    ("import-rules", "rule put FILE"),
    ("validate-ml-dga-asset", "release validate DIR"),
    ("validate-ml-detections-asset", "release validate DIR"),
];

/// Options, and what is written for them.
const OPTIONS: [(&str, &str); 15] = [
    (
        "--es-password",
        "secrets are no options: set SEALIFT_PASSWORD or use --password-file",
    ),
    (
        "--kibana-password",
        "one password serves both: set SEALIFT_PASSWORD or use --password-file",
    ),
    (
        "--password",
        "secrets are no options: set SEALIFT_PASSWORD or use --password-file",
    ),
    (
        "--api-key",
        "secrets are no options: set SEALIFT_API_KEY or use --api-key-file",
    ),
    ("--kibana-user", "one user serves both: use --user"),
    (
        "--kibana-cookie",
        "there is none: use --user, --api-key-file or --token-file",
    ),
    (
        "--provider-type",
        "there is none: use --user, --api-key-file or --token-file",
    ),
    (
        "--provider-name",
        "there is none: use --user, --api-key-file or --token-file",
    ),
    (
        "--ignore-ssl-errors",
        "there is none: use --ca or --ca-fingerprint",
    ),
    ("--release-tag", "use install --release TAG"),
    ("--tag", "use install --release TAG"),
    ("-t", "use install --release TAG"),
    ("--directory", "use install --release DIR"),
    ("-d", "use install --release DIR"),
    (
        "--overwrite",
        "use --adopt where a plan is made; `job put` and `rule put` have --overwrite",
    ),
];

/// Variables of the environment, and what is read in their place.
const VARIABLES: [(&str, &str); 8] = [
    ("DR_ELASTICSEARCH_URL", "--url"),
    ("DR_CLOUD_ID", "--cloud-id"),
    ("DR_KIBANA_URL", "--kibana-url"),
    ("DR_ES_USER", "--user"),
    ("DR_KIBANA_USER", "--user"),
    ("DR_ES_PASSWORD", "SEALIFT_PASSWORD"),
    ("DR_KIBANA_PASSWORD", "SEALIFT_PASSWORD"),
    ("DR_API_KEY", "SEALIFT_API_KEY"),
];

/// The error of the command line, with what stands in the place of an old name.
#[must_use]
pub fn explain(mut error: clap::Error) -> clap::Error {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let told = match error.kind() {
        ErrorKind::InvalidSubcommand => words.iter().rev().find_map(|word| command(word)),
        ErrorKind::UnknownArgument => match error.get(ContextKind::InvalidArg) {
            Some(ContextValue::String(name)) => option(name),
            _ => None,
        },
        _ => None,
    };
    if let Some(told) = told {
        error.remove(ContextKind::SuggestedSubcommand);
        error.remove(ContextKind::SuggestedArg);
        error.insert(
            ContextKind::Suggested,
            ContextValue::StyledStrs(vec![told.into()]),
        );
    }
    error
}

/// What an old command has become.
fn command(word: &str) -> Option<String> {
    let (old, new) = COMMANDS.into_iter().find(|(old, _)| *old == word)?;
    Some(format!(
        "`{old}` of the retired commands is now `sealift {new}`"
    ))
}

/// What an old option has become.
fn option(name: &str) -> Option<String> {
    let name = name.split(['=', ' ']).next().unwrap_or(name);
    let (old, new) = OPTIONS.into_iter().find(|(old, _)| *old == name)?;
    Some(format!("`{old}` of the retired commands: {new}"))
}

/// The old variables that are set, and what is read in their place.
#[must_use]
pub fn variables(environment: &Environment) -> Option<String> {
    let set = VARIABLES
        .into_iter()
        .filter(|(old, _)| environment.get(old).is_some());
    let told: Vec<String> = set
        .map(|(old, new)| format!("{old} is not read, {new} is"))
        .collect();
    (!told.is_empty()).then(|| told.join("; "))
}

#[cfg(test)]
mod tests {
    use super::{command, option};

    #[test]
    fn old_names_lead_to_new_ones() {
        let told = command("remove-model").expect("known");
        assert!(told.ends_with("`sealift remove --model ID`"), "{told}");
        assert_eq!(command("install"), None);
        let told = option("--es-password=x").expect("known");
        assert!(
            told.contains("SEALIFT_PASSWORD") && !told.contains("=x"),
            "{told}"
        );
        assert_eq!(option("--url"), None);
    }
}
