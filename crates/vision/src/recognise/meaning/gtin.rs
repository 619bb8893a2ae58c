//! Global Trade Item Numbers (GS1 General Specifications, section 7.9: check digits).

/// Whether this is a GTIN of 8, 12, 13 or 14 digits with the right check digit.
pub fn is_valid(digits: &str) -> bool {
    if !matches!(digits.len(), 8 | 12 | 13 | 14) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    // From the right: the check digit counts once, its neighbour three times, and so on.
    let weighted = digits.bytes().rev().enumerate().map(|(at, digit)| u32::from(digit - b'0') * [1, 3][at % 2]);
    weighted.sum::<u32>() % 10 == 0
}
