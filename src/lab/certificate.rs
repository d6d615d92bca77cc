//! A certificate authority and a server certificate made on the spot.

use std::net::IpAddr;
use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

use crate::error::{ErrorKind, OrErr, Result};
use crate::io::files;
use crate::model::digest::Digest;

use super::running::read_if_there;

/// Names under which the parts stand in a data folder.
const FILES: [&str; 3] = ["http_ca.crt", "http.crt", "http.key"];
/// And the caller's.
const CLIENT_FILES: [&str; 2] = ["client.crt", "client.key"];

/// How a server certificate is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    /// The only name that it is valid for; without one `localhost`, loopback and
    /// the addresses that are listened on.
    pub name: Option<String>,
    /// Its time is over.
    pub expired: bool,
    /// Callers must show a certificate of the same authority.
    pub client: bool,
}

/// An authority, a server certificate signed by it, and the server's key, in PEM;
/// and, where callers must show one, a certificate and key for a caller.
#[derive(Clone)]
pub struct Authority {
    certificate: String,
    chain: String,
    key: String,
    fingerprint: String,
    client: Option<(String, String)>,
}

impl std::fmt::Debug for Authority {
    /// Without the keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority")
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}

impl Authority {
    /// The authority that `folder` keeps, else a new one, which it then keeps. A new
    /// server certificate is as `wants` says, valid for `addresses` too.
    ///
    /// # Errors
    /// Kind `Io` when the folder cannot be used.
    pub fn of(folder: Option<&Path>, addresses: &[IpAddr], wants: &Wants) -> Result<Self> {
        if let Some(kept) = folder
            .map(|folder| read(folder, wants))
            .transpose()?
            .flatten()
        {
            return Ok(kept);
        }
        let made =
            Self::make(addresses, wants).or_err(ErrorKind::Bug, || "cannot make a certificate")?;
        if let Some(folder) = folder {
            made.keep(folder)?;
        }
        Ok(made)
    }

    fn make(addresses: &[IpAddr], wants: &Wants) -> std::result::Result<Self, rcgen::Error> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params
            .distinguished_name
            .push(DnType::CommonName, "sealift practice cluster HTTP CA");
        let ca_key = KeyPair::generate()?;
        let ca = params.self_signed(&ca_key)?;
        let issuer = Issuer::new(params, ca_key);
        let mut params = CertificateParams::new(names(addresses, wants))?;
        if wants.expired {
            params.not_before = date_time_ymd(2019, 1, 1);
            params.not_after = date_time_ymd(2020, 1, 1);
        }
        params
            .distinguished_name
            .push(DnType::CommonName, "sealift practice cluster");
        let key = KeyPair::generate()?;
        let leaf = params.signed_by(&key, &issuer)?;
        let client = if wants.client {
            Some(Self::client(&issuer)?)
        } else {
            None
        };
        Ok(Self {
            fingerprint: Digest::of(ca.der()).to_string(),
            chain: format!("{}{}", leaf.pem(), ca.pem()),
            certificate: ca.pem(),
            key: key.serialize_pem(),
            client,
        })
    }

    /// A certificate and key for a caller.
    fn client(issuer: &Issuer<'_, KeyPair>) -> std::result::Result<(String, String), rcgen::Error> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params
            .distinguished_name
            .push(DnType::CommonName, "sealift practice caller");
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, issuer)?;
        Ok((certificate.pem(), key.serialize_pem()))
    }

    fn keep(&self, folder: &Path) -> Result<()> {
        let failed = || format!("cannot write to {}", folder.display());
        std::fs::create_dir_all(folder).or_err(ErrorKind::Io, failed)?;
        let texts = [&self.certificate, &self.chain, &self.key];
        for (name, text) in FILES.iter().zip(texts) {
            std::fs::write(folder.join(name), text).or_err(ErrorKind::Io, failed)?;
        }
        if let Some((certificate, key)) = &self.client {
            for (name, text) in CLIENT_FILES.iter().zip([certificate, key]) {
                files::write_private_new(&folder.join(name), text.as_bytes())?;
            }
        }
        Ok(())
    }

    /// The certificate and key (PEM) that a caller may show, where one must.
    #[must_use]
    pub fn caller(&self) -> Option<(&str, &str)> {
        let (certificate, key) = self.client.as_ref()?;
        Some((certificate, key))
    }

    /// The authority's own certificate, PEM; what clients trust.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The server's certificate and the authority's, PEM.
    #[must_use]
    pub fn chain(&self) -> &str {
        &self.chain
    }

    /// The server's key, PEM.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// SHA-256 of the authority's certificate in hexadecimal, as Elasticsearch
    /// prints it at its first start.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

/// The names that a server certificate is valid for.
fn names(addresses: &[IpAddr], wants: &Wants) -> Vec<String> {
    if let Some(name) = &wants.name {
        return vec![name.clone()];
    }
    let own = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let others = addresses
        .iter()
        .filter(|address| !address.is_unspecified() && !address.is_loopback())
        .map(ToString::to_string);
    own.into_iter().chain(others).collect()
}

fn read(folder: &Path, wants: &Wants) -> Result<Option<Authority>> {
    let all = |names: &[&str]| -> Result<Option<Vec<String>>> {
        let texts = names.iter().map(|name| read_if_there(&folder.join(name)));
        texts.collect()
    };
    let Some(texts) = all(&FILES)? else {
        return Ok(None);
    };
    let mut client = None;
    if wants.client {
        // An authority without one was made for callers who show none.
        let Some(Ok([certificate, key])) = all(&CLIENT_FILES)?.map(<[String; 2]>::try_from) else {
            return Ok(None);
        };
        client = Some((certificate, key));
    }
    let [certificate, chain, key] = <[String; 3]>::try_from(texts).unwrap_or_default();
    let body: String = certificate
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let der = crate::model::base64::decode(&body)?;
    Ok(Some(Authority {
        fingerprint: Digest::of(&der).to_string(),
        certificate,
        chain,
        key,
        client,
    }))
}
