//! Keys and their files.

use sealift::error::ErrorKind;
use sealift::model::key::{PublicKey, SecretKey, Signature};

fn key() -> SecretKey {
    SecretKey::from_seed(&[7; 32])
}

#[test]
fn a_key_survives_its_files() {
    let public = key().public();
    let plain = SecretKey::from_pem(&key().to_pem().unwrap(), None).unwrap();
    assert_eq!(plain.public(), public);
    let sealed = key().to_encrypted_pem("open sesame", &[3; 32]).unwrap();
    assert!(SecretKey::is_encrypted(&sealed));
    let opened = SecretKey::from_pem(&sealed, Some("open sesame")).unwrap();
    assert_eq!(opened.public(), public);
    for wrong in [None, Some("open sesamE"), Some("")] {
        let error = SecretKey::from_pem(&sealed, wrong).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage, "{wrong:?}");
    }
    assert!(key().to_encrypted_pem("", &[3; 32]).is_err());
    let text = public.to_pem().unwrap();
    assert_eq!(PublicKey::from_pem(&text).unwrap(), public);
    assert_eq!(
        PublicKey::from_pem(&text.replace('\n', "\r\n")).unwrap(),
        public
    );
}

#[test]
fn only_a_public_key_alone_is_a_public_key() {
    let text = key().public().to_pem().unwrap();
    let other = SecretKey::from_seed(&[8; 32]).public().to_pem().unwrap();
    let secret = key().to_pem().unwrap();
    for bad in [
        secret.as_str(),
        &format!("{text}{other}"),
        &format!("{text}trailing"),
        &format!("comment\n{text}"),
        &text.replace("MCow", "MCkw"),
        &text.replace('\n', "\u{b}\n"),
        "",
    ] {
        let error = PublicKey::from_pem(bad).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Trust, "{bad:?}");
    }
}

#[test]
fn a_signature_holds_for_its_message_only() {
    let signature = key().sign(b"message");
    key().public().verify(b"message", &signature).unwrap();
    assert!(key().public().verify(b"messagf", &signature).is_err());
    for bit in 0..512 {
        let mut bytes = *signature.bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let changed = Signature::parse(&bytes).unwrap();
        assert!(key().public().verify(b"message", &changed).is_err());
    }
    assert!(Signature::parse(&[0; 63]).is_err());
    assert!(Signature::parse(&[0; 65]).is_err());
}

#[test]
fn points_of_small_order_are_no_keys() {
    let mut identity = [0; 32];
    identity[0] = 1;
    assert!(PublicKey::from_bytes(&identity).is_err());
    assert!(PublicKey::from_bytes(&[0; 32]).is_err());
}

#[test]
fn nothing_secret_is_shown() {
    let shown = format!("{:?} {:?}", key(), key().sign(b"m"));
    assert!(
        !shown.contains("0707") && !shown.contains("7, 7"),
        "{shown}"
    );
}

#[test]
fn a_public_key_is_no_private_one() {
    let error = SecretKey::from_pem(&key().public().to_pem().unwrap(), None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(
        error.to_string().contains("this is a public key"),
        "{error}"
    );
}

#[test]
fn both_halves_of_a_key_must_belong_together() {
    // The second version of PKCS#8 (RFC 5958) carries the public half along.
    let of = |public: &PublicKey| {
        let seed = tlv(4, &tlv(4, &[7; 32]));
        let point = tlv(0x81, &[&[0], &public.bytes()[..]].concat());
        let key = [tlv(2, &[1]), tlv(0x30, &ED25519), seed, point].concat();
        SecretKey::from_pem(&pem("PRIVATE KEY", &tlv(0x30, &key)), None)
    };
    assert_eq!(of(&key().public()).unwrap().public(), key().public());
    let other = SecretKey::from_seed(&[8; 32]).public();
    let error = of(&other).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(error.to_string().contains("public half"), "{error}");
}

#[test]
fn a_key_file_cannot_ask_for_any_amount_of_work() {
    let opened = |kdf: &[u8]| {
        let cipher = [oid(&AES_256_CBC), tlv(4, &[1; 16])].concat();
        let scheme = [tlv(0x30, kdf), tlv(0x30, &cipher)].concat();
        let scheme = [oid(&PBES2), tlv(0x30, &scheme)].concat();
        let info = [tlv(0x30, &scheme), tlv(4, &[0; 64])].concat();
        let text = pem("ENCRYPTED PRIVATE KEY", &tlv(0x30, &info));
        SecretKey::from_pem(&text, Some("x")).unwrap_err().kind()
    };
    let scrypt = |cost: u32, block: u8, lanes: u8| {
        let numbers = [number(cost), tlv(2, &[block]), tlv(2, &[lanes])].concat();
        let parameters = tlv(0x30, &[tlv(4, &[2; 16]), numbers].concat());
        opened(&[oid(&SCRYPT), parameters].concat())
    };
    let pbkdf2 = |rounds: u32| {
        let parameters = tlv(0x30, &[tlv(4, &[2; 16]), number(rounds)].concat());
        opened(&[oid(&PBKDF2), parameters].concat())
    };
    // Reasonable work is done, and shows that the passphrase is wrong.
    assert_eq!(scrypt(1 << 10, 8, 1), ErrorKind::Usage);
    assert_eq!(pbkdf2(2048), ErrorKind::Usage);
    for (cost, block, lanes) in [(1 << 20, 8, 1), ((1 << 10) + 1, 8, 1), (1 << 10, 8, 17)] {
        let kind = scrypt(cost, block, lanes);
        assert_eq!(kind, ErrorKind::Malformed, "{cost} {block} {lanes}");
    }
    assert_eq!(pbkdf2(10_000_001), ErrorKind::Malformed);
}

/// The algorithm identifier of Ed25519 (RFC 8410 section 3), without its tag.
const ED25519: [u8; 5] = [6, 3, 0x2b, 0x65, 0x70];
/// Object identifiers, without their tag.
const PBES2: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 0x0d];
const PBKDF2: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 0x0c];
const SCRYPT: [u8; 9] = [0x2b, 6, 1, 4, 1, 0xda, 0x47, 4, 0x0b];
const AES_256_CBC: [u8; 9] = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x2a];

fn oid(bytes: &[u8]) -> Vec<u8> {
    tlv(6, bytes)
}

fn number(value: u32) -> Vec<u8> {
    // One zero before, so that it is never taken as negative; no more than that.
    let bytes = u64::from(value).to_be_bytes();
    let first = bytes.iter().position(|b| *b != 0).unwrap();
    let first = if bytes[first] < 0x80 {
        first
    } else {
        first - 1
    };
    tlv(2, &bytes[first..])
}

/// One value in DER (X.690).
fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap();
    let head = match length {
        0..0x80 => vec![tag, length],
        _ => vec![tag, 0x81, length],
    };
    [head.as_slice(), content].concat()
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = sealift::model::base64::encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).collect();
    let body = String::from_utf8(lines.join(&b'\n')).unwrap();
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}
