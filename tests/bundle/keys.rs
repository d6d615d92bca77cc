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
