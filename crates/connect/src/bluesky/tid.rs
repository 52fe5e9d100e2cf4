//! Record keys of the form the network asks for ("Timestamp Identifiers", atproto.com/specs/tid): 53 bits of
//! microseconds and 10 bits that keep clocks apart, in 13 signs of a sortable base 32.

use jiff::Timestamp;

const SIGNS: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
const LENGTH: usize = 13;
const CLOCK_BITS: u32 = 10;
const MICROS_IN_SECOND: u64 = 1_000_000;
/// 2^53 microseconds, in the year 2255.
const LAST_SECOND: u64 = (1 << 53) / MICROS_IN_SECOND - 1;

/// The key of a post made at `at`, or `None` for a moment that the form cannot hold (before 1970, after 2255).
///
/// Only whole seconds are taken from the time; the microseconds and the clock bits come from `seed`. Practices schedule
/// on the minute, so posts of the same moment are common, and with the exact time only ten bits would keep their keys
/// apart; so there are a thousand million keys a second. Keys of different seconds sort as the seconds do.
#[must_use]
pub fn tid(at: Timestamp, seed: u64) -> Option<String> {
    let second = u64::try_from(at.as_second())
        .ok()
        .filter(|second| *second <= LAST_SECOND)?;
    let spread = mix(seed);
    let micros = second * MICROS_IN_SECOND + (spread >> 32) % MICROS_IN_SECOND;
    let clock = spread & ((1 << CLOCK_BITS) - 1);
    Some(encode(micros << CLOCK_BITS | clock))
}

fn encode(number: u64) -> String {
    (0..LENGTH)
        .rev()
        .map(|place| {
            let sign = (number >> (5 * place)) & 31;
            char::from(SIGNS[usize::try_from(sign).unwrap_or_default()])
        })
        .collect()
}

/// Spreads a seed over all bits, so that seeds which differ little, or only at one end, give keys far apart (the
/// finaliser of SplitMix64).
fn mix(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::{LAST_SECOND, LENGTH, SIGNS, encode, tid};

    #[test]
    fn the_specifications_first_key_is_all_twos() {
        assert_eq!(encode(0), "2222222222222");
        assert_eq!(encode(u64::MAX >> 1), "bzzzzzzzzzzzz");
    }

    #[test]
    fn posts_of_the_same_moment_get_keys_of_their_own() {
        let nine = Timestamp::from_second(1_800_000_000).unwrap();
        let keys: BTreeSet<String> = (0..20_000).map(|seed| tid(nine, seed).unwrap()).collect();
        assert_eq!(keys.len(), 20_000);
    }

    #[test]
    fn moments_that_do_not_fit_have_no_key() {
        assert_eq!(tid(Timestamp::from_second(-1).unwrap(), 7), None);
        let last = i64::try_from(LAST_SECOND).unwrap();
        assert!(tid(Timestamp::from_second(last).unwrap(), u64::MAX).is_some());
        assert_eq!(tid(Timestamp::from_second(last + 1).unwrap(), 7), None);
    }

    proptest! {
        #[test]
        fn keys_are_valid_and_sort_by_second(
            a in 0..LAST_SECOND, b in 0..LAST_SECOND, seeds in any::<(u64, u64)>()
        ) {
            let key = |second: u64, seed| {
                tid(Timestamp::from_second(i64::try_from(second).unwrap()).unwrap(), seed).unwrap()
            };
            let (first, second) = (key(a, seeds.0), key(b, seeds.1));
            for key in [&first, &second] {
                prop_assert_eq!(key.len(), LENGTH);
                prop_assert!(key.bytes().all(|sign| SIGNS.contains(&sign)));
                prop_assert!(b"234567abcdefghij".contains(&key.as_bytes()[0]));
            }
            if a != b {
                prop_assert_eq!(a.cmp(&b), first.cmp(&second));
            }
            prop_assert_eq!(key(a, seeds.0), first);
        }
    }
}
