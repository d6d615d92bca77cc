//! Published edge cases of Ed25519 decide as a strict verifier decides.

use sealift::error::ErrorKind;
use sealift::model::key::{PublicKey, Signature};

use crate::kit::key;

const WYCHEPROOF: &str = include_str!("vectors/wycheproof-ed25519.txt");
const CCTV: &str = include_str!("vectors/cctv-ed25519.txt");

/// The eight points of small order and the six other encodings of them, the edge
/// cases that the CCTV vectors (github.com/C2SP/CCTV, `ed25519`) combine.
const SMALL_ORDER: [&str; 14] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

#[test]
fn wycheproof_vectors_decide_as_stated() {
    let mut seen = (0, 0);
    for line in WYCHEPROOF.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split(' ').collect();
        let [number, result, public, signature, message] = fields[..] else {
            panic!("{line}");
        };
        let held = holds(&bytes(public), &bytes(signature), &bytes(message));
        assert_eq!(held, result == "valid", "vector {number}");
        if held { seen.0 += 1 } else { seen.1 += 1 }
    }
    assert!(seen.0 > 60 && seen.1 > 60, "{seen:?}");
}

/// Each flag but `c` and `C` is a reason to refuse. Those two alone say that the
/// points lie outside the prime-order group and the equation holds all the same:
/// nobody can forge that for another's key, and RFC 8032 takes it.
#[test]
fn cctv_vectors_decide_by_their_flags() {
    let lines = || CCTV.lines().filter(|line| !line.starts_with('#'));
    let points: Vec<Vec<u8>> = lines()
        .filter_map(|line| line.strip_prefix("point "))
        .map(bytes)
        .collect();
    let mut seen = (0, 0);
    for line in lines().filter(|line| !line.starts_with("point ")) {
        let fields: Vec<&str> = line.split(' ').collect();
        let [a, r, s, number, flags] = fields[..] else {
            panic!("{line}");
        };
        let point = |number: &str| &points[number.parse::<usize>().unwrap()];
        let s = if s == "-" { vec![0; 32] } else { bytes(s) };
        let message = match number {
            "-" => "ed25519vectors".to_owned(),
            number => format!("ed25519vectors {number}"),
        };
        let signature = [point(r).as_slice(), &s].concat();
        let held = holds(point(a), &signature, message.as_bytes());
        let clean = flags.chars().all(|flag| matches!(flag, '-' | 'c' | 'C'));
        assert_eq!(held, clean, "{line}");
        if held { seen.0 += 1 } else { seen.1 += 1 }
    }
    assert_eq!(seen, (43, 871));
}

#[test]
fn points_of_small_order_hold_nowhere() {
    let good = key(1).public().bytes();
    for public in SMALL_ORDER {
        let refused = PublicKey::from_bytes(&bytes(public).try_into().unwrap()).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Trust, "{public}");
        for r in SMALL_ORDER {
            // With S = 0 the equation holds for many of these pairs.
            let signature = [bytes(r), vec![0; 32]].concat();
            assert!(!holds(&bytes(public), &signature, b""), "{public} {r}");
            assert!(!holds(&good, &signature, b""), "{r}");
        }
    }
}

fn holds(public: &[u8], signature: &[u8], message: &[u8]) -> bool {
    let public: Result<[u8; 32], _> = public.try_into();
    let key = public.ok().and_then(|b| PublicKey::from_bytes(&b).ok());
    key.zip(Signature::parse(signature).ok())
        .is_some_and(|(key, signature)| key.verify(message, &signature).is_ok())
}

fn bytes(hex: &str) -> Vec<u8> {
    let hex = if hex == "-" { "" } else { hex };
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}
