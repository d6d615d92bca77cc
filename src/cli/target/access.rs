//! From the settings of a cluster to its addresses, credentials and client.

use std::path::Path;
use std::time::Duration;

use crate::cli::desk::Desk;
use crate::cli::environment::{API_KEY, CLIENT_KEY_PASSPHRASE, PASSWORD};
use crate::cli::prompt;
use crate::cli::settings::Cluster;
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::cluster::Address;
use crate::io::elasticsearch::{Access, Patience};
use crate::io::files;
use crate::io::http::{
    Authorization, Identity, Proxy, Roots, Settings, Timeouts, Url, encode_segment,
};
use crate::model::base64;
use crate::model::cloud_id::CloudId;
use crate::model::digest::Digest;
use crate::model::key;
use crate::model::secret::Secret;

/// The longest secret and the longest certificate file.
const MAX_SECRET: u64 = 64 << 10;
const MAX_PEM: u64 = 4 << 20;

/// The seconds without an answer unless told otherwise: opening a job and
/// parsing a large model take long.
const TIMEOUT: u64 = 120;

/// The seconds of a whole call unless told otherwise: a large model takes long
/// over a slow line.
const CALL_TIMEOUT: u64 = 60 * 60;

/// How to reach `cluster`, which messages call `label`.
///
/// # Errors
/// [`ErrorKind::Usage`] for addresses, certificates, keys and secrets that cannot
/// be used.
pub(super) fn address(
    label: &str,
    cluster: &Cluster,
    environment_proxy: bool,
    desk: &Desk,
) -> Result<Address> {
    let authorization = authorization(label, cluster, desk)?;
    let (urls, kibana) = urls(cluster)?;
    let clear = urls.iter().chain(&kibana).find(|url| !url.is_secure());
    if let Some(url) = clear
        && authorization.is_some()
        && !is_loopback(url)
    {
        desk.terminal
            .note(&format!("note: credentials go to {url} unencrypted"));
    }
    let http = http(label, cluster, environment_proxy, desk)?;
    let access = |urls: Vec<Url>| Access {
        urls,
        authorization: authorization.clone(),
        http: http.clone(),
        patience: Patience::default(),
        compress: cluster.compress,
    };
    Ok(Address {
        label: label.to_owned(),
        elasticsearch: access(urls),
        kibana: kibana.map(|url| access(vec![url])),
        space: cluster.space.clone(),
    })
}

/// The addresses of Elasticsearch, and that of Kibana.
fn urls(cluster: &Cluster) -> Result<(Vec<Url>, Option<Url>)> {
    let (urls, kibana) = match (&cluster.url, &cluster.cloud_id) {
        (Some(url), None) => (url.all().to_vec(), None),
        (None, Some(id)) => {
            let cloud = CloudId::parse(id)?;
            (vec![cloud.elasticsearch], cloud.kibana)
        }
        (Some(_), Some(_)) => {
            return Err(Error::new(
                ErrorKind::Usage,
                "a cluster has either addresses or a cloud id",
            )
            .hint("remove url or cloud_id from its settings"));
        }
        (None, None) => {
            return Err(Error::new(ErrorKind::Usage, "the cluster has no address")
                .hint("add url or cloud_id to its settings"));
        }
    };
    let kibana = cluster.kibana_url.clone().or(kibana);
    Ok((
        urls.iter()
            .map(|url| Url::parse(url))
            .collect::<Result<_>>()?,
        kibana.as_deref().map(Url::parse).transpose()?,
    ))
}

fn http(label: &str, cluster: &Cluster, environment_proxy: bool, desk: &Desk) -> Result<Settings> {
    let roots = match (&cluster.ca, &cluster.ca_fingerprint) {
        (Some(path), _) => Roots::Pem(certificates("ca", path)?),
        (None, Some(hex)) => Roots::Fingerprint(fingerprint(hex)?),
        (None, None) => Roots::Platform,
    };
    let identity = match (&cluster.client_cert, &cluster.client_key) {
        (Some(chain), Some(key)) => Some(Identity {
            chain: certificates("client-cert", chain)?,
            key: client_key(label, key, cluster, desk)?,
        }),
        (None, None) => None,
        _ => {
            return Err(Error::new(
                ErrorKind::Usage,
                "a client certificate needs its key, and a key its certificate",
            ));
        }
    };
    Ok(Settings {
        timeouts: timeouts(cluster),
        roots,
        identity,
        proxy: proxy(cluster, environment_proxy)?,
    })
}

/// The file of certificates at `path`, which `option` names.
fn certificates(option: &str, path: &Path) -> Result<Vec<u8>> {
    let read = || {
        let pem = files::read_limited(path, MAX_PEM)?;
        if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("{} holds no certificate", path.display()),
            )
            .hint("it has to be PEM: -----BEGIN CERTIFICATE-----"));
        }
        Ok(pem)
    };
    read().map_err(|error| named_by(option, error))
}

/// `error`, which a file gave, with what named the file: on the command line, or with
/// underscores in the settings.
fn named_by(option: &str, error: Error) -> Error {
    let setting = option.replace('-', "_");
    let hint = error.next_step().map(str::to_owned);
    error
        .context(format!(
            "the file that --{option} or {setting} of the settings names cannot be used"
        ))
        .hint(hint.unwrap_or_else(|| format!("check the path that --{option} or {setting} gives")))
}

fn timeouts(cluster: &Cluster) -> Timeouts {
    let default = Timeouts::default();
    let answer = Duration::from_secs(cluster.timeout.unwrap_or(TIMEOUT));
    let connect = cluster
        .connect_timeout
        .map_or_else(|| answer.min(default.connect), Duration::from_secs);
    let whole = Duration::from_secs(cluster.call_timeout.unwrap_or(CALL_TIMEOUT));
    Timeouts {
        response: answer,
        idle: answer,
        connect,
        resolve: connect.min(default.resolve),
        send_body: whole,
        receive_body: whole,
        whole,
        ..default
    }
}

/// The key of the client's certificate, decrypted where it needs to be.
fn client_key(label: &str, path: &Path, cluster: &Cluster, desk: &Desk) -> Result<Secret> {
    let text = secret("client-key", path)?;
    if !key::SecretKey::is_encrypted(text.expose()) {
        return Ok(text);
    }
    let passphrase = match (
        &cluster.client_key_passphrase_file,
        desk.environment.get(CLIENT_KEY_PASSPHRASE),
    ) {
        (Some(path), _) => secret("client-key-passphrase-file", path)?,
        (None, Some(passphrase)) => Secret::new(passphrase.to_owned()),
        (None, None) => Secret::new(prompt::secret(
            &format!("passphrase of {} for {label}", path.display()),
            "set SEALIFT_CLIENT_KEY_PASSPHRASE or use --client-key-passphrase-file",
        )?),
    };
    key::decrypted(text.expose(), passphrase.expose())
        .map(Secret::new)
        .map_err(|error| error.context(format!("cannot read {}", path.display())))
}

/// The way out: straight, unless a proxy is named.
fn proxy(cluster: &Cluster, environment_proxy: bool) -> Result<Proxy> {
    let Some(address) = &cluster.proxy else {
        return Ok(if environment_proxy {
            Proxy::Environment
        } else {
            Proxy::Direct
        });
    };
    // Parsed as a plain address: a password has no place in it.
    let url = Url::parse(address).map_err(|error| {
        error.context("the proxy cannot be used").hint(
            "write http://HOST:PORT; user and password go into proxy_user and proxy_password_file",
        )
    })?;
    let user = match (&cluster.proxy_user, &cluster.proxy_password_file) {
        (Some(user), Some(path)) => {
            let password = secret("proxy-password-file", path)?;
            format!(
                "{}:{}@",
                encode_segment(user),
                encode_segment(password.expose())
            )
        }
        (None, None) => String::new(),
        _ => {
            return Err(Error::new(
                ErrorKind::Usage,
                "a proxy's user needs a password file, and the file its user",
            ));
        }
    };
    let scheme = if url.is_secure() { "https" } else { "http" };
    let host = match url.host() {
        host if host.contains(':') => format!("[{host}]"),
        host => host.to_owned(),
    };
    let port = url.port();
    Ok(Proxy::Through(Secret::new(format!(
        "{scheme}://{user}{host}:{port}"
    ))))
}

/// The credentials of a cluster: an API key or a token where there is one, else
/// user and password, else none.
fn authorization(label: &str, cluster: &Cluster, desk: &Desk) -> Result<Option<Authorization>> {
    if let Some(path) = &cluster.api_key_file {
        return Ok(Some(api_key(secret("api-key-file", path)?.expose())));
    }
    if let Some(path) = &cluster.token_file {
        return Ok(Some(Authorization::Bearer(secret("token-file", path)?)));
    }
    if let Some(user) = &cluster.user {
        let password = match (&cluster.password_file, desk.environment.get(PASSWORD)) {
            (Some(path), _) => secret("password-file", path)?,
            (None, Some(password)) => Secret::new(password.to_owned()),
            (None, None) => Secret::new(prompt::secret(
                &format!("password of {user} on {label}"),
                "set SEALIFT_PASSWORD or use --password-file",
            )?),
        };
        return Ok(Some(Authorization::Basic {
            user: user.clone(),
            password,
        }));
    }
    Ok(desk.environment.get(API_KEY).map(api_key))
}

/// An API key in its encoded form, or as `ID:KEY`, which is what that encodes.
fn api_key(text: &str) -> Authorization {
    let encoded = if text.contains(':') {
        base64::encode(text.as_bytes())
    } else {
        text.to_owned()
    };
    Authorization::ApiKey(Secret::new(encoded))
}

/// The secret in a file that only its owner may read and that `option` names, without
/// its last newline.
fn secret(option: &str, path: &Path) -> Result<Secret> {
    let read = || {
        let bytes = files::read_private(path, MAX_SECRET)?;
        let text = std::str::from_utf8(&bytes).or_err(ErrorKind::Usage, || {
            format!("{} is not text", path.display())
        })?;
        let text = text.trim_end_matches(['\n', '\r']);
        if text.is_empty() {
            let told = format!("{} is empty", path.display());
            return Err(Error::new(ErrorKind::Usage, told));
        }
        Ok(Secret::new(text.to_owned()))
    };
    read().map_err(|error| named_by(option, error))
}

/// A SHA-256 with or without colons, in either case.
fn fingerprint(text: &str) -> Result<Digest> {
    let plain: String = text.chars().filter(|c| *c != ':').collect();
    Digest::parse(&plain.to_ascii_lowercase()).map_err(|error| {
        Error::new(
            ErrorKind::Usage,
            "the fingerprint of the certificate authority cannot be used",
        )
        .because(error)
        .hint("take the one that Elasticsearch printed on its first start, or openssl x509 -fingerprint -sha256")
    })
}

fn is_loopback(url: &Url) -> bool {
    url.host() == "localhost"
        || url
            .host()
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}
