//! `java.math`, `BitSet`, streams and matchers in scripts, by example.

use sealift::engine::painless::Options;

use crate::language::result_with;

/// What a script returns, regular expressions allowed.
fn result(source: &str) -> String {
    let options = Options {
        regex_enabled: true,
        ..Options::default()
    };
    result_with(source, &options)
}

/// The message of what a script throws.
fn message(source: &str) -> String {
    result(&format!(
        "try {{ return {source} }} catch (Exception e) {{ return e.getMessage() }}"
    ))
}

#[test]
fn big_integers() {
    for (source, expected) in [
        (
            "new BigInteger('123456789012345678901234567890').add(BigInteger.ONE).toString()",
            "123456789012345678901234567891",
        ),
        (
            "BigInteger.valueOf(2).pow(100).toString()",
            "1267650600228229401496703205376",
        ),
        (
            "BigInteger.TEN.negate().divide(BigInteger.valueOf(3)).toString()",
            "-3",
        ),
        (
            "BigInteger.TEN.negate().remainder(BigInteger.valueOf(3)).toString()",
            "-1",
        ),
        (
            "BigInteger.TEN.negate().mod(BigInteger.valueOf(3)).toString()",
            "2",
        ),
        (
            "BigInteger.TEN.divideAndRemainder(BigInteger.valueOf(4))[1].toString()",
            "2",
        ),
        ("new BigInteger('ff', 16).toString()", "255"),
        ("new BigInteger('255').toString(2)", "11111111"),
        ("new BigInteger('18446744073709551617').longValue()", "1"),
        ("new BigInteger('4294967297').intValue()", "1"),
        ("new BigInteger('-5').doubleValue()", "-5.0"),
        (
            "BigInteger.valueOf(3).modPow(BigInteger.valueOf(200), BigInteger.valueOf(13)).toString()",
            "9",
        ),
        (
            "BigInteger.valueOf(3).modInverse(BigInteger.valueOf(11)).toString()",
            "4",
        ),
        (
            "BigInteger.valueOf(48).gcd(BigInteger.valueOf(18)).toString()",
            "6",
        ),
        (
            "BigInteger.valueOf(-6).and(BigInteger.valueOf(3)).toString()",
            "2",
        ),
        ("BigInteger.valueOf(-6).shiftRight(1).toString()", "-3"),
        (
            "BigInteger.valueOf(5).setBit(1).clearBit(0).toString()",
            "6",
        ),
        ("BigInteger.valueOf(-1).bitLength()", "0"),
        ("BigInteger.valueOf(255).bitCount()", "8"),
        ("BigInteger.valueOf(8).getLowestSetBit()", "3"),
        ("BigInteger.ONE.compareTo(BigInteger.TEN)", "-1"),
        ("BigInteger.ONE.max(BigInteger.TEN).toString()", "10"),
        (
            "UUID.nameUUIDFromBytes(new byte[] {(byte) 97}).toString()",
            "0cc175b9-c0f1-36a8-b1c3-99e269772661",
        ),
        ("BigInteger.valueOf(5).equals(new BigInteger('5'))", "true"),
        ("BigInteger.valueOf(256).toByteArray().length", "2"),
        (
            "[BigInteger.TEN, BigInteger.ONE].stream().sorted().collect(Collectors.toList())",
            "[1, 10]",
        ),
    ] {
        assert_eq!(result(source), expected, "{source}");
    }
    for (source, expected) in [
        (
            "BigInteger.ONE.divide(BigInteger.ZERO)",
            "BigInteger divide by zero",
        ),
        (
            "BigInteger.ONE.mod(BigInteger.ZERO)",
            "BigInteger: modulus not positive",
        ),
        ("BigInteger.ONE.pow(-1)", "Negative exponent"),
        ("new BigInteger('')", "Zero length BigInteger"),
        ("new BigInteger('1-2')", "Illegal embedded sign character"),
        ("new BigInteger('12x')", "For input string: \"12x\""),
        (
            "new BigInteger('2147483648').intValueExact()",
            "BigInteger out of int range",
        ),
        (
            "BigInteger.valueOf(4).modInverse(BigInteger.valueOf(8))",
            "BigInteger not invertible.",
        ),
    ] {
        assert_eq!(message(source), expected, "{source}");
    }
}

#[test]
fn big_decimals() {
    for (source, expected) in [
        (
            "new BigDecimal('1.10').add(new BigDecimal('2.2')).toString()",
            "3.30",
        ),
        (
            "new BigDecimal('1.5').multiply(new BigDecimal('-2.25')).toString()",
            "-3.375",
        ),
        (
            "new BigDecimal('10').divide(new BigDecimal('4')).toString()",
            "2.5",
        ),
        (
            "new BigDecimal('1.00').divide(new BigDecimal('2')).toString()",
            "0.50",
        ),
        (
            "new BigDecimal('1').divide(new BigDecimal('3'), new MathContext(5)).toString()",
            "0.33333",
        ),
        (
            "new BigDecimal('2').divide(new BigDecimal('3'), MathContext.DECIMAL32).toString()",
            "0.6666667",
        ),
        (
            "new BigDecimal('100').divide(new BigDecimal('3'), new MathContext(2, RoundingMode.UP)).toString()",
            "34",
        ),
        (
            "new BigDecimal('7.5').remainder(new BigDecimal('2')).toString()",
            "1.5",
        ),
        (
            "new BigDecimal('-7.5').divideToIntegralValue(new BigDecimal('2')).toString()",
            "-3.0",
        ),
        (
            "new BigDecimal('7.5').divideAndRemainder(new BigDecimal('2'))[0].toString()",
            "3.0",
        ),
    ] {
        assert_eq!(result(source), expected, "{source}");
    }
}

#[test]
fn big_decimals_are_rounded() {
    for (source, expected) in [
        (
            "new BigDecimal('2.345').setScale(2, RoundingMode.HALF_UP).toString()",
            "2.35",
        ),
        (
            "new BigDecimal('2.345').setScale(2, RoundingMode.HALF_EVEN).toString()",
            "2.34",
        ),
        (
            "new BigDecimal('-2.345').setScale(2, RoundingMode.CEILING).toString()",
            "-2.34",
        ),
        (
            "new BigDecimal('-2.341').setScale(2, RoundingMode.FLOOR).toString()",
            "-2.35",
        ),
        (
            "new BigDecimal('2.5').setScale(0, RoundingMode.HALF_DOWN).toString()",
            "2",
        ),
        ("new BigDecimal('2').setScale(3).toString()", "2.000"),
        (
            "new BigDecimal('123.456').round(new MathContext(4)).toString()",
            "123.5",
        ),
        (
            "new BigDecimal('999.9').round(new MathContext(3)).toString()",
            "1.00E+3",
        ),
        ("new BigDecimal('1E+3').toString()", "1E+3"),
        ("new BigDecimal('1E+3').toPlainString()", "1000"),
        ("new BigDecimal('0.0000001').toString()", "1E-7"),
        ("new BigDecimal('0.000001').toString()", "0.000001"),
        ("new BigDecimal('12345E-10').toString()", "0.0000012345"),
        (
            "new BigDecimal('1.2345E-10').toEngineeringString()",
            "123.45E-12",
        ),
        ("new BigDecimal('12E+4').toEngineeringString()", "120E+3"),
    ] {
        assert_eq!(result(source), expected, "{source}");
    }
}

#[test]
fn big_decimals_have_a_scale() {
    for (source, expected) in [
        (
            "new BigDecimal('1.500').stripTrailingZeros().toString()",
            "1.5",
        ),
        (
            "new BigDecimal('100').stripTrailingZeros().toString()",
            "1E+2",
        ),
        ("new BigDecimal('1.50').precision()", "3"),
        ("new BigDecimal('1.50').scale()", "2"),
        (
            "new BigDecimal('1.0').equals(new BigDecimal('1.00'))",
            "false",
        ),
        (
            "new BigDecimal('1.0').compareTo(new BigDecimal('1.00'))",
            "0",
        ),
        (
            "new BigDecimal('-3').compareTo(new BigDecimal('2.5'))",
            "-1",
        ),
        ("new BigDecimal('1.5').hashCode()", "466"),
        ("new BigDecimal('1.1').pow(3).toString()", "1.331"),
        (
            "new BigDecimal('1.1').pow(10, new MathContext(4)).toString()",
            "2.594",
        ),
        (
            "new BigDecimal('2').pow(-2, new MathContext(4)).toString()",
            "0.25",
        ),
        (
            "new BigDecimal('123.45').movePointLeft(3).toString()",
            "0.12345",
        ),
        ("new BigDecimal('1.5').movePointRight(3).toString()", "1500"),
        (
            "new BigDecimal('1.5').scaleByPowerOfTen(3).toString()",
            "1.5E+3",
        ),
        ("BigDecimal.valueOf(0.1).toString()", "0.1"),
        ("BigDecimal.valueOf(5).toString()", "5.0"),
        ("new BigDecimal('-12.99').intValue()", "-12"),
        ("new BigDecimal('12.5').doubleValue()", "12.5"),
        ("new BigDecimal('12.9').toBigInteger().toString()", "12"),
        ("new BigDecimal('1.0').negate().abs().signum()", "1"),
        ("new BigDecimal('1.23').ulp().toString()", "0.01"),
        (
            "new BigDecimal('1.0').max(new BigDecimal('1.00')).toString()",
            "1.0",
        ),
        (
            "MathContext.DECIMAL64.toString()",
            "precision=16 roundingMode=HALF_EVEN",
        ),
        ("RoundingMode.valueOf('UP').toString()", "UP"),
    ] {
        assert_eq!(result(source), expected, "{source}");
    }
}

#[test]
fn big_decimals_refuse() {
    for (source, expected) in [
        (
            "new BigDecimal('1').divide(new BigDecimal('3'))",
            "Non-terminating decimal expansion; no exact representable decimal result.",
        ),
        (
            "new BigDecimal('1').divide(new BigDecimal('0'))",
            "Division by zero",
        ),
        (
            "new BigDecimal('0').divide(new BigDecimal('0'))",
            "Division undefined",
        ),
        ("new BigDecimal('2.345').setScale(2)", "Rounding necessary"),
        (
            "new BigDecimal('1.5').intValueExact()",
            "Rounding necessary",
        ),
        ("new BigDecimal('1').pow(-1)", "Invalid operation"),
        (
            "new BigDecimal('abc')",
            "Character a is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark.",
        ),
        ("new MathContext(-1)", "Digits < 0"),
    ] {
        assert_eq!(message(source), expected, "{source}");
    }
}

/// None of these may take long or much memory.
#[test]
fn big_numbers_are_bounded() {
    for source in [
        "BigInteger.TEN.pow(2000000000)",
        "BigInteger.ONE.shiftLeft(2000000000)",
        "new BigDecimal('1E+2000000000').toBigInteger()",
        "new BigDecimal('1E-2000000000').toPlainString()",
        "new BigDecimal('1').setScale(2000000000)",
        "new BigDecimal('1E+1000000000').add(BigDecimal.ONE)",
        "def n = BigInteger.TEN; for (int i = 0; i < 1000; i++) { n = n.multiply(n) } return n",
    ] {
        let shown = result(source);
        assert!(
            shown.contains("a big number may have at most"),
            "{source}: {shown}"
        );
    }
}

#[test]
fn bit_sets() {
    let set = "BitSet b = new BitSet(); b.set(1); b.set(5, 8); b.set(70);";
    for (source, expected) in [
        ("b.toString()", "{1, 5, 6, 7, 70}"),
        ("b.cardinality()", "5"),
        ("b.length()", "71"),
        ("b.size()", "128"),
        ("b.get(6)", "true"),
        ("b.nextSetBit(2)", "5"),
        ("b.nextClearBit(5)", "8"),
        ("b.previousSetBit(69)", "7"),
        ("b.previousClearBit(7)", "4"),
        ("b.nextSetBit(71)", "-1"),
        ("b.toLongArray()[1]", "64"),
        ("b.toByteArray().length", "9"),
    ] {
        assert_eq!(
            result(&format!("{set} return {source}")),
            expected,
            "{source}"
        );
    }
    for (change, expected) in [
        ("b.flip(0, 3)", "{0, 2, 5, 6, 7, 70}"),
        ("b.clear(6)", "{1, 5, 7, 70}"),
        ("b.clear(5, 100)", "{1}"),
        ("b.set(1, 6, false)", "{6, 7, 70}"),
        ("b.and(BitSet.valueOf(new long[] {66L}))", "{1, 6}"),
        ("b.xor(BitSet.valueOf(new long[] {3L}))", "{0, 5, 6, 7, 70}"),
    ] {
        assert_eq!(
            result(&format!("{set} {change}; return b.toString()")),
            expected,
            "{change}"
        );
    }
    assert_eq!(message("new BitSet().nextSetBit(-1)"), "fromIndex < 0: -1");
}

#[test]
fn streams_do_no_more_than_they_must() {
    for (source, expected) in [
        ("[1, 0].stream().map(x -> 1 / x).findFirst().get()", "1"),
        (
            "List o = []; [1, 2, 3, 4].stream().peek(x -> o.add(x)).filter(x -> x > 1).limit(1).count(); return o",
            "[1, 2]",
        ),
        (
            "List o = []; [1, 2].stream().map(x -> { o.add('m' + x); return x }).forEach(x -> o.add('e' + x)); return o",
            "[m1, e1, m2, e2]",
        ),
        (
            "List o = []; [2, 1].stream().peek(x -> o.add(x)).sorted().forEach(x -> o.add('s' + x)); return o",
            "[2, 1, s1, s2]",
        ),
        (
            "List o = []; [1, 2].stream().peek(x -> o.add(x)).count(); return o",
            "[]",
        ),
        (
            "List o = []; [1, 2].stream().map(x -> o.add(x)); return o",
            "[]",
        ),
        (
            "[[1, 2], [3]].stream().flatMap(l -> l.stream()).skip(1).limit(1).collect(Collectors.toList())",
            "[2]",
        ),
        (
            "[1, 1, 2].stream().distinct().map(x -> x * 2).collect(Collectors.toList())",
            "[2, 4]",
        ),
        (
            "[1, 2, 3].stream().limit(0).map(x -> x / 0).collect(Collectors.toList())",
            "[]",
        ),
        (
            "IntStream.range(0, 5).skip(2).asDoubleStream().sum()",
            "9.0",
        ),
        (
            "[3, 4].stream().anyMatch(x -> x == 3 || x / 0 == 1)",
            "true",
        ),
    ] {
        assert_eq!(result(source), expected, "{source}");
    }
    assert_eq!(
        result(
            "def s = [1].stream(); s.map(x -> x); try { return s.count() } catch (IllegalStateException e) { return e.getMessage() }"
        ),
        "stream has already been operated upon or closed"
    );
}

#[test]
fn matchers_look_at_a_region() {
    for (source, expected) in [
        (
            "def m = /a./.matcher('abacad'); m.region(2, 5); m.find() ? m.group() + m.start() : 'none'",
            "ac2",
        ),
        (
            "def m = /^c$/.matcher('abcde').region(2, 3); m.matches()",
            "true",
        ),
        ("def m = /b/.matcher('abc').region(0, 1); m.find()", "false"),
        (
            "def m = /b/.matcher('abc').region(1, 3); m.lookingAt() + ':' + m.regionStart() + m.regionEnd()",
            "true:13",
        ),
        (
            "def m = /a/.matcher('ab'); m.usePattern(/b/); m.find() ? m.group() : 'none'",
            "b",
        ),
        (
            "def m = /a/.matcher('aa'); m.lookingAt(); m.find(); return m.start()",
            "1",
        ),
        ("/(a)(b)?/.matcher('a').replaceAll('[$1$2]')", "[a]"),
    ] {
        assert_eq!(result(source), expected, "{source}");
    }
    assert_eq!(message("/a/.matcher('a').replaceAll('$9')"), "No group 9");
    assert_eq!(message("/a/.matcher('a').region(2, 1)"), "start");
}

#[test]
fn deques_are_no_lists() {
    for (source, expected) in [
        (
            "def d = new ArrayDeque([1, 2]); d.push(0); return d.toString() + d.pollLast()",
            "[0, 1, 2]2",
        ),
        ("new ArrayDeque([1]) instanceof List", "false"),
        ("new ArrayDeque([1]).equals(new ArrayDeque([1]))", "false"),
        (
            "def d = new ArrayDeque(); d.foo()",
            "runtime error: illegal_argument_exception: dynamic method [java.util.ArrayDeque, foo/0] not found",
        ),
    ] {
        assert_eq!(result(source), expected, "{source}");
    }
}

#[test]
fn paths_lead_into_containers() {
    let map = "Map m = ['a': ['b': null], 'l': [1, ['k': 'v']]];";
    for (path, expected) in [
        ("m.getByPath('l.1.k')", "v"),
        ("m.getByPath('a.b')", "null"),
        ("m.getByPath('a.c', 'none')", "none"),
        ("m.l.getByPath('1.k')", "v"),
    ] {
        assert_eq!(result(&format!("{map} return {path}")), expected, "{path}");
    }
    for (path, expected) in [
        ("m.getByPath('a.c')", "Could not find value at path [a.c]"),
        (
            "m.getByPath('x.y', 'none')",
            "Container does not have [x], for non-terminal index [0] in path [x.y]",
        ),
        ("m.getByPath('')", "Missing path"),
        ("m.getByPath('a.')", "Trailing '.' in path [a.]"),
        (
            "m.getByPath('a..b')",
            "Extra '.' in path [a..b] at index [1]",
        ),
        (
            "m.getByPath('l.x')",
            "Could not parse [x] as a int index into list at path [l.x] and index [1]",
        ),
        ("m.getByPath('l.2')", "Index 2 out of bounds for length 2"),
        ("m.getByPath('l.3')", "Could not find value at path [l.3]"),
        (
            "m.getByPath('l.0.z')",
            "Non-container [java.lang.Integer] at [z], index [2] in path [l.0.z]",
        ),
    ] {
        let source = format!(
            "{map} try {{ return {path} }} catch (Exception e) {{ return e.getMessage() }}"
        );
        assert_eq!(result(&source), expected, "{path}");
    }
}
