//! Images that lie in a page or a feed itself: `data:` addresses (RFC 2397).

/// The most letters of one; those that are larger are better off in files, and are passed over.
const MOST: usize = 8 * 1024 * 1024;

/// The bytes of a `data:` address of an image; `None` for anything else.
pub(super) fn bytes(url: &str) -> Option<Vec<u8>> {
    let url = url.trim();
    if url.len() > MOST || !url.get(..5)?.eq_ignore_ascii_case("data:") {
        return None;
    }
    let (kind, data) = url[5..].split_once(',')?;
    let kind = kind.to_ascii_lowercase();
    if !kind.trim_start().starts_with("image/") {
        return None;
    }
    let data = percent_decoded(data);
    match kind.rsplit(';').next().map(str::trim) {
        Some("base64") => base64_decoded(&data),
        _ => Some(data),
    }
}

/// What an image that lies in a list is known by.
pub(super) fn name(bytes: &[u8]) -> String {
    format!("data:{}", blake3::hash(bytes).to_hex())
}

/// The bytes that percent signs stand for (RFC 3986, section 2.1); a sign that stands for none is itself.
pub(super) fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digit = |at: usize| bytes.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                // Two digits of 16 make one byte.
                decoded.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    decoded
}

/// Base64 in either alphabet (RFC 4648), with or without padding; space counts for nothing.
fn base64_decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.iter().filter(|byte| !byte.is_ascii_whitespace()) {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => return None,
        };
        (bits, count) = (bits << 6 | u32::from(six), count + 6);
        if count >= 8 {
            count -= 8;
            decoded.push((bits >> count & 0xff) as u8);
        }
    }
    (!decoded.is_empty()).then_some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_addresses_are_read() {
        let check = |url: &str, expected: Option<&[u8]>| assert_eq!(bytes(url).as_deref(), expected, "{url}");
        check("data:image/png;base64,iVBORw0KGgo=", Some(b"\x89PNG\r\n\x1a\n"));
        check(" DATA:image/PNG;BASE64,iVBO\nRw0KGgo ", Some(b"\x89PNG\r\n\x1a\n"));
        check("data:image/gif;base64,R0lGODlh%2B%2F8%3D", Some(b"GIF89a\xfb\xff"));
        check("data:image/x-odd;name=a;base64,-_8", Some(b"\xfb\xff"));
        check("data:image/svg+xml,%3Csvg%3E%", Some(b"<svg>%"));
        check("data:text/html;base64,iVBORw0KGgo=", None);
        check("data:image/png;base64,i*", None);
        check("data:image/png;base64,", None);
        check("data:image/png", None);
        check("data:,x", None);
        check("https://a.example/", None);
        check("é", None);
    }
}
