//! A certificate authority and a server certificate made on the spot.

use std::net::IpAddr;
use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

use crate::error::{ErrorKind, OrErr, Result};
use crate::model::digest::Digest;

use super::running::read_if_there;

/// Names under which the parts stand in a data folder.
const FILES: [&str; 3] = ["http_ca.crt", "http.crt", "http.key"];

/// An authority, a server certificate signed by it, and the server's key, in PEM.
#[derive(Clone)]
pub struct Authority {
    certificate: String,
    chain: String,
    key: String,
    fingerprint: String,
}

impl std::fmt::Debug for Authority {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority")
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}

impl Authority {
    /// The authority that `folder` keeps, else a new one, which it then keeps. A new
    /// server certificate is valid for `localhost`, loopback and `addresses`.
    ///
    /// # Errors
    /// Kind `Io` when the folder cannot be used.
    pub fn of(folder: Option<&Path>, addresses: &[IpAddr]) -> Result<Self> {
        if let Some(kept) = folder.map(read).transpose()?.flatten() {
            return Ok(kept);
        }
        let made = Self::make(addresses).or_err(ErrorKind::Bug, || "cannot make a certificate")?;
        if let Some(folder) = folder {
            made.keep(folder)?;
        }
        Ok(made)
    }

    fn make(addresses: &[IpAddr]) -> std::result::Result<Self, rcgen::Error> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params
            .distinguished_name
            .push(DnType::CommonName, "sealift practice cluster HTTP CA");
        let ca_key = KeyPair::generate()?;
        let ca = params.self_signed(&ca_key)?;
        let issuer = Issuer::new(params, ca_key);
        let mut names = vec![
            "localhost".to_owned(),
            "127.0.0.1".to_owned(),
            "::1".to_owned(),
        ];
        names.extend(
            addresses
                .iter()
                .filter(|address| !address.is_unspecified() && !address.is_loopback())
                .map(ToString::to_string),
        );
        let mut params = CertificateParams::new(names)?;
        params
            .distinguished_name
            .push(DnType::CommonName, "sealift practice cluster");
        let key = KeyPair::generate()?;
        let leaf = params.signed_by(&key, &issuer)?;
        Ok(Self {
            fingerprint: Digest::of(ca.der()).to_string(),
            chain: format!("{}{}", leaf.pem(), ca.pem()),
            certificate: ca.pem(),
            key: key.serialize_pem(),
        })
    }

    fn keep(&self, folder: &Path) -> Result<()> {
        let failed = || format!("cannot write to {}", folder.display());
        std::fs::create_dir_all(folder).or_err(ErrorKind::Io, failed)?;
        let texts = [&self.certificate, &self.chain, &self.key];
        for (name, text) in FILES.iter().zip(texts) {
            std::fs::write(folder.join(name), text).or_err(ErrorKind::Io, failed)?;
        }
        Ok(())
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

fn read(folder: &Path) -> Result<Option<Authority>> {
    let mut texts = Vec::new();
    for name in FILES {
        match read_if_there(&folder.join(name))? {
            Some(text) => texts.push(text),
            None => return Ok(None),
        }
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
    }))
}
