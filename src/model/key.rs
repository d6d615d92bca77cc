//! Ed25519 keys (RFC 8032) in the files that openssl reads and writes: PKCS#8
//! and SPKI in PEM (RFC 8410, RFC 5958, RFC 7468).

use std::fmt;

use ed25519_dalek::pkcs8::{KeypairBytes, PublicKeyBytes};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use pkcs8::der::pem::{LineEnding, PemLabel as _};
use pkcs8::der::{Decode as _, SecretDocument};
use pkcs8::pkcs5::{EncryptionScheme, pbes2, scrypt};
use pkcs8::spki::{DecodePublicKey as _, EncodePublicKey as _};
use pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncryptedPrivateKeyInfoRef};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::model::digest::Digest;
use crate::model::key_id::{KeyId, spoken};

/// A key file is a few hundred bytes; larger ones are not read.
pub const MAX_KEY_FILE: u64 = 16 << 10;
/// scrypt's cost (RFC 7914) in new key files: 2^14 with blocks of 8, as openssl
/// writes and reads without being asked.
const SCRYPT_LOG_COST: u8 = 14;
const SCRYPT_BLOCK: u32 = 8;
/// Key files that ask for more memory or rounds than this are refused.
const MAX_SCRYPT_BYTES: u64 = 512 << 20;
const MAX_PBKDF2_ROUNDS: u32 = 10_000_000;

/// The DER of a `SubjectPublicKeyInfo` of Ed25519 up to the 32 bytes of the point
/// (RFC 8410 section 4).
const SPKI_PREFIX: [u8; 12] = *b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";

/// A signature: 64 bytes, raw.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// A signature from exactly 64 bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Trust`] for any other length.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        bytes.try_into().map(Self).map_err(|_| {
            Error::new(
                ErrorKind::Trust,
                format!(
                    "an Ed25519 signature has 64 bytes, this one has {}",
                    bytes.len()
                ),
            )
        })
    }

    /// The 64 bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(64 bytes)")
    }
}

/// A public key that may be trusted. Equal when the key material is.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    key: VerifyingKey,
    spki: Digest,
}

impl PublicKey {
    /// The key in a PEM file of one `PUBLIC KEY` block and nothing else.
    ///
    /// # Errors
    /// [`ErrorKind::Trust`] for a private key, another algorithm, text around
    /// the block, or a point of small order.
    pub fn from_pem(text: &str) -> Result<Self> {
        if text.contains("PRIVATE KEY-----") {
            return Err(Error::new(
                ErrorKind::Trust,
                "this is a private key, a public one is needed",
            )
            .hint("give the .pub.pem file, and keep the private key away from this machine"));
        }
        let bytes = PublicKeyBytes::from_public_key_pem(text)
            .or_err(ErrorKind::Trust, || "not an Ed25519 public key in PEM")?;
        let key = Self::from_bytes(&bytes.to_bytes())?;
        // One spelling only: nothing rides along before, after or inside.
        if text.replace("\r\n", "\n").trim_end_matches('\n') != key.to_pem()?.trim_end() {
            return Err(Error::new(
                ErrorKind::Trust,
                "the file holds more than one PUBLIC KEY block",
            )
            .hint("remove what stands around the block"));
        }
        Ok(key)
    }

    /// The key whose point is `bytes` (RFC 8032 section 5.1.5).
    ///
    /// # Errors
    /// [`ErrorKind::Trust`] when they are no point, or one of small order, for
    /// which anybody can make signatures.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self> {
        let key = VerifyingKey::from_bytes(bytes)
            .or_err(ErrorKind::Trust, || "not a point of the Ed25519 curve")?;
        if key.is_weak() {
            return Err(Error::new(
                ErrorKind::Trust,
                "a public key of small order: anybody could sign for it",
            ));
        }
        Ok(Self::new(key))
    }

    fn new(key: VerifyingKey) -> Self {
        let mut der = [0; SPKI_PREFIX.len() + 32];
        let (prefix, point) = der.split_at_mut(SPKI_PREFIX.len());
        prefix.copy_from_slice(&SPKI_PREFIX);
        point.copy_from_slice(key.as_bytes());
        let spki = Digest::of(&der);
        Self { key, spki }
    }

    /// The key as a PEM file, as `openssl pkey -pubout` writes it.
    ///
    /// # Errors
    /// None in practice; [`ErrorKind::Bug`] if encoding fails.
    pub fn to_pem(&self) -> Result<String> {
        PublicKeyBytes(self.key.to_bytes())
            .to_public_key_pem(LineEnding::LF)
            .or_err(ErrorKind::Bug, || "cannot encode a public key")
    }

    /// The key's point, the 32 bytes that make two keys the same.
    #[must_use]
    pub fn bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// The short name of the key.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId::of(self.spki)
    }

    /// The SHA-256 of the key's SPKI DER.
    #[must_use]
    pub fn fingerprint(&self) -> Digest {
        self.spki
    }

    /// The fingerprint as words that can be read aloud; see [`spoken`].
    #[must_use]
    pub fn spoken(&self) -> String {
        spoken(self.spki)
    }

    /// Checks `signature` over `message` as strictly as can be: canonical `S`,
    /// no point of small order (`verify_strict`).
    ///
    /// # Errors
    /// [`ErrorKind::Trust`] when it does not hold.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<()> {
        let signature = ed25519_dalek::Signature::from_bytes(signature.bytes());
        self.key.verify_strict(message, &signature).map_err(|_| {
            Error::new(
                ErrorKind::Trust,
                format!("the signature by key {} does not hold", self.id()),
            )
        })
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id())
    }
}

/// A private key. Wiped from memory when dropped, never shown.
pub struct SecretKey(SigningKey);

/// The random bytes that an encrypted key file needs: salt and start vector.
pub type EncryptionSeed = [u8; 32];

impl SecretKey {
    /// The key that `seed` determines (RFC 8032 section 5.1.5).
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Whether the PEM file `text` needs a passphrase to be read.
    #[must_use]
    pub fn is_encrypted(text: &str) -> bool {
        let label = EncryptedPrivateKeyInfoRef::PEM_LABEL;
        text.trim_start()
            .starts_with(&format!("-----BEGIN {label}-----"))
    }

    /// The key in a PEM file, `PRIVATE KEY` or `ENCRYPTED PRIVATE KEY`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a missing or wrong passphrase;
    /// [`ErrorKind::Malformed`] for anything that is not an Ed25519 key, or one
    /// whose encryption asks for more work than is reasonable.
    pub fn from_pem(text: &str, passphrase: Option<&str>) -> Result<Self> {
        if text.contains("-----BEGIN PUBLIC KEY-----") {
            return Err(Error::new(
                ErrorKind::Usage,
                "this is a public key, the private one is needed",
            )
            .hint("give the .key.pem file"));
        }
        let pair = if Self::is_encrypted(text) {
            let passphrase = passphrase.ok_or_else(|| {
                Error::new(ErrorKind::Usage, "the private key needs its passphrase")
            })?;
            decrypt(text, passphrase)?
        } else {
            KeypairBytes::from_pkcs8_pem(text).or_err(
                ErrorKind::Malformed,
                || "not an Ed25519 private key in PEM (PKCS#8)",
            )?
        };
        let key = Self(SigningKey::from_bytes(&pair.secret_key));
        match pair.public_key {
            Some(public) if public.to_bytes() != key.public().bytes() => Err(Error::new(
                ErrorKind::Malformed,
                "the public half of the key does not belong to the private half",
            )),
            _ => Ok(key),
        }
    }

    /// The key as an unencrypted PEM file, in the first version of PKCS#8, the
    /// only one that OpenSSL 3.0 reads.
    ///
    /// # Errors
    /// None in practice; [`ErrorKind::Bug`] if encoding fails.
    pub fn to_pem(&self) -> Result<Zeroizing<String>> {
        self.pair()
            .to_pkcs8_pem(LineEnding::LF)
            .or_err(ErrorKind::Bug, || "cannot encode a private key")
    }

    /// The key as a PEM file encrypted with `passphrase` (PBES2, scrypt,
    /// AES-256-CBC). `seed` must be fresh random bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for an empty passphrase; [`ErrorKind::Bug`] if
    /// encoding fails.
    pub fn to_encrypted_pem(
        &self,
        passphrase: &str,
        seed: &EncryptionSeed,
    ) -> Result<Zeroizing<String>> {
        if passphrase.is_empty() {
            return Err(Error::new(ErrorKind::Usage, "the passphrase is empty"));
        }
        let cannot = || "cannot encrypt a private key";
        let (salt, start) = seed.split_at(16);
        let mut vector = [0; 16];
        vector.copy_from_slice(start);
        let cost =
            scrypt::Params::new(SCRYPT_LOG_COST, SCRYPT_BLOCK, 1).or_err(ErrorKind::Bug, cannot)?;
        let scheme = pbes2::Parameters::generate_scrypt_aes256cbc(cost, salt, vector)
            .or_err(ErrorKind::Bug, cannot)?;
        let plain = self.pair().to_pkcs8_der().or_err(ErrorKind::Bug, cannot)?;
        let data = scheme
            .encrypt(passphrase, plain.as_bytes())
            .or_err(ErrorKind::Bug, cannot)?;
        let data = pkcs8::der::asn1::OctetString::new(data).or_err(ErrorKind::Bug, cannot)?;
        let info = pkcs8::EncryptedPrivateKeyInfo {
            encryption_algorithm: EncryptionScheme::from(scheme),
            encrypted_data: data,
        };
        SecretDocument::encode_msg(&info)
            .and_then(|document| {
                document.to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, LineEnding::LF)
            })
            .or_err(ErrorKind::Bug, cannot)
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey::new(self.0.verifying_key())
    }

    /// Signs `message`; the same message always gives the same signature.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }

    /// Without the public half: with it the encoding would be the second
    /// version, which OpenSSL 3.0 refuses.
    fn pair(&self) -> KeypairBytes {
        KeypairBytes {
            secret_key: self.0.to_bytes(),
            public_key: None,
        }
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.public().id())
    }
}

/// The private key of any algorithm in the encrypted PEM `text` (PKCS#8), as
/// unencrypted PEM.
///
/// # Errors
/// [`ErrorKind::Usage`] for a wrong passphrase; [`ErrorKind::Malformed`] for
/// other text, and for encryption that asks for more work than is reasonable.
pub fn decrypted(text: &str, passphrase: &str) -> Result<String> {
    open(text, passphrase)?
        .to_pem("PRIVATE KEY", LineEnding::LF)
        .map(|pem| pem.as_str().to_owned())
        .or_err(ErrorKind::Bug, || "cannot encode a private key")
}

fn open(text: &str, passphrase: &str) -> Result<SecretDocument> {
    let unusable = || "not an encrypted private key in PEM (PKCS#8)";
    let (label, document) =
        SecretDocument::from_pem(text).or_err(ErrorKind::Malformed, unusable)?;
    EncryptedPrivateKeyInfoRef::validate_pem_label(label).or_err(ErrorKind::Malformed, unusable)?;
    let info = EncryptedPrivateKeyInfoRef::from_der(document.as_bytes())
        .or_err(ErrorKind::Malformed, unusable)?;
    refuse_costly(&info.encryption_algorithm)?;
    info.decrypt(passphrase).map_err(|_| {
        Error::new(
            ErrorKind::Usage,
            "the passphrase does not open the private key",
        )
    })
}

fn decrypt(text: &str, passphrase: &str) -> Result<KeypairBytes> {
    let plain = open(text, passphrase)?;
    KeypairBytes::from_pkcs8_der(plain.as_bytes()).map_err(|_| {
        Error::new(
            ErrorKind::Usage,
            "the passphrase does not open the private key, or it is not an Ed25519 key",
        )
    })
}

/// A key file may ask for any amount of work before the passphrase can be
/// tried; there is a limit to what is given.
fn refuse_costly(scheme: &EncryptionScheme) -> Result<()> {
    let reasonable = match scheme.pbes2().map(|parameters| &parameters.kdf) {
        Some(pbes2::Kdf::Scrypt(scrypt)) => {
            let memory = u64::from(scrypt.block_size)
                .checked_mul(128)
                .and_then(|block| block.checked_mul(scrypt.cost_parameter));
            memory.is_some_and(|bytes| bytes <= MAX_SCRYPT_BYTES)
                && scrypt.cost_parameter.is_power_of_two()
                && scrypt.parallelization <= 16
        }
        Some(pbes2::Kdf::Pbkdf2(pbkdf2)) => pbkdf2.iteration_count <= MAX_PBKDF2_ROUNDS,
        _ => false,
    };
    if reasonable {
        Ok(())
    } else {
        Err(Error::new(
            ErrorKind::Malformed,
            "the private key's encryption is of an unknown kind or asks for too much work",
        ))
    }
}
