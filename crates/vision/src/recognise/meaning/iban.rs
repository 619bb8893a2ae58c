//! International bank account numbers (ISO 13616).

/// The number without spaces and in capitals, if its check digits are right.
pub fn checked(text: &str) -> Option<String> {
    let iban: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let bytes = iban.as_bytes();
    let plausible = (15..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_alphabetic)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes.iter().all(u8::is_ascii_alphanumeric);
    // ISO/IEC 7064, MOD 97-10: country and check digits moved to the end, letters count from 10 (A) to 35 (Z).
    (plausible && bytes[4..].iter().chain(&bytes[..4]).fold(0, remainder) == 1).then_some(iban)
}

fn remainder(so_far: u32, &byte: &u8) -> u32 {
    match byte {
        b'0'..=b'9' => (so_far * 10 + u32::from(byte - b'0')) % 97,
        _ => (so_far * 100 + u32::from(byte.to_ascii_uppercase().wrapping_sub(b'A')) + 10) % 97,
    }
}
