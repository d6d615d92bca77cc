//! Against the integers of the machine.
#![allow(clippy::unwrap_used)]

use super::Natural;

fn natural(n: u128) -> Natural {
    Natural::parse(&n.to_string(), 10).unwrap()
}

/// Numbers about which carries and borrows run.
fn samples() -> Vec<u128> {
    let mut samples = vec![0, 1, 9, 10, 0xffff_ffff, 0x1_0000_0000, u64::MAX.into()];
    let mut seed = 0x9e37_79b9_7f4a_7c15_u128;
    for bits in [3, 31, 32, 33, 63, 64, 65, 95, 96, 120] {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(11);
        samples.push((1 << bits) - 1);
        samples.push(1 << bits);
        samples.push(seed >> (128 - bits));
    }
    samples
}

#[test]
fn arithmetic_is_that_of_wide_integers() {
    for left in samples() {
        for right in samples() {
            let (a, b) = (natural(left), natural(right));
            assert_eq!(a.cmp(&b), left.cmp(&right));
            assert_eq!(a.add(&b), natural(left + right), "{left} + {right}");
            if left >= right {
                assert_eq!(a.subtract(&b), natural(left - right), "{left} - {right}");
            }
            if let Some(product) = left.checked_mul(right) {
                assert_eq!(a.multiply(&b), natural(product), "{left} * {right}");
            }
            let divided = a.divide(&b);
            match left.checked_div(right) {
                Some(quotient) => {
                    let expected = (natural(quotient), natural(left % right));
                    assert_eq!(divided, Some(expected), "{left} / {right}");
                }
                None => assert_eq!(divided, None),
            }
        }
    }
}

#[test]
fn division_undoes_multiplication_of_long_numbers() {
    let long = |seed: u32| {
        let words = (1..40_u32).map(|n| n.wrapping_mul(seed).rotate_left(n));
        Natural::new(words.collect())
    };
    for (left, right, rest) in [(3, 5, 7), (0xffff_ffff, 0x8000_0001, 1)] {
        let (left, right, rest) = (long(left), long(right), Natural::from_u64(rest));
        let product = left.multiply(&right).add(&rest);
        assert_eq!(product.divide(&right), Some((left, rest)));
    }
    let top = Natural::new(vec![0, 0, 0x8000_0000, 0x7fff_ffff]);
    let by = Natural::new(vec![1, 0, 0x8000_0000]);
    let (quotient, rest) = top.divide(&by).unwrap();
    assert_eq!(quotient.multiply(&by).add(&rest), top);
    assert!(rest < by);
}

#[test]
fn shifts_powers_and_digits() {
    let ten = Natural::from_u64(10);
    assert_eq!(ten.power(30).digits(10), format!("1{}", "0".repeat(30)));
    assert_eq!(Natural::power_of_ten(0), Natural::from_u64(1));
    assert_eq!(ten.shift_left(65).shift_right(64), Natural::from_u64(20));
    assert_eq!(ten.shift_right(99), Natural::default());
    assert_eq!(Natural::parse("zz", 36).unwrap().digits(2), "10100001111");
    assert_eq!(Natural::parse("12", 2), None);
    assert_eq!(Natural::default().digits(16), "0");
    assert_eq!((ten.bits(), ten.bit(1), ten.bit(2)), (4, true, false));
    assert_eq!(ten.power(20).precision(), 21);
}
