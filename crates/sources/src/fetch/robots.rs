//! The wishes of a site about programs that look at it (RFC 9309).

/// The name that rules for this program use.
const PRODUCT: &str = "legible";

/// The rules of a site for this program.
#[derive(Debug)]
pub(super) struct Rules {
    /// Path patterns and whether they allow; `None` while the site cannot tell.
    rules: Option<Vec<(String, bool)>>,
}

impl Rules {
    /// Those of a site that has none.
    pub fn none() -> Self {
        Rules { rules: Some(Vec::new()) }
    }

    /// Those of a site that cannot tell for now.
    pub fn unknown() -> Self {
        Rules { rules: None }
    }

    /// Reads a robots.txt: the groups that name this program together, or those for everybody else.
    pub fn read(text: &str) -> Self {
        let (mut ours, mut all): (Vec<_>, Vec<_>) = Default::default();
        let (mut is_ours, mut is_all, mut is_named, mut in_agents) = (false, false, false, false);
        for line in text.trim_start_matches('\u{feff}').lines() {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else { continue };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            if key == "user-agent" {
                if !in_agents {
                    (is_ours, is_all) = (false, false);
                }
                in_agents = true;
                is_ours |= product(value).eq_ignore_ascii_case(PRODUCT);
                is_all |= value == "*";
                is_named |= is_ours;
                continue;
            }
            let allows = match key.as_str() {
                "allow" => true,
                "disallow" => false,
                // Other lines, such as of site maps, end no group.
                _ => continue,
            };
            in_agents = false;
            if value.is_empty() {
                continue;
            }
            let rule = (spelled_alike(value), allows);
            if is_ours {
                ours.push(rule.clone());
            }
            if is_all {
                all.push(rule);
            }
        }
        Rules { rules: Some(if is_named { ours } else { all }) }
    }

    /// Whether a path, with its query, may be looked at; `None` while the site cannot tell. The longest rule counts, and of
    /// two of a length the one that allows.
    pub fn allow(&self, path: &str) -> Option<bool> {
        let path = spelled_alike(path);
        let rules = self.rules.as_ref()?.iter().filter(|(pattern, _)| matches(pattern, &path));
        Some(rules.max_by_key(|(pattern, allows)| (pattern.len(), *allows)).is_none_or(|(_, allows)| *allows))
    }
}

/// The name of a program, without its version.
fn product(value: &str) -> &str {
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(value.len());
    &value[..end]
}

/// Letters outside ASCII as their percent-encoded bytes, in capitals, and those that need no encoding without it.
fn spelled_alike(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut spelled = String::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        let digits = bytes.get(at..at + 2).and_then(|two| std::str::from_utf8(two).ok());
        let encoded = digits.filter(|_| byte == b'%').and_then(|two| u8::from_str_radix(two, 16).ok());
        match encoded {
            Some(byte) => {
                at += 2;
                let is_plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
                if is_plain { spelled.push(byte.into()) } else { spelled.push_str(&format!("%{byte:02X}")) }
            }
            None if byte.is_ascii() => spelled.push(byte.into()),
            None => spelled.push_str(&format!("%{byte:02X}")),
        }
    }
    spelled
}

/// Whether a path begins with a pattern, where `*` stands for anything and `$` at the end for the end. Takes time in
/// proportion to both lengths' product at the most.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, is_anchored) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = path.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, between)) = parts.split_last() else { return !is_anchored || rest.is_empty() };
    for part in between {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    if is_anchored { rest.ends_with(last) } else { rest.contains(last) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_rule_counts() {
        let check = |text: &str, path: &str, expected: bool| {
            assert_eq!(Rules::read(text).allow(path), Some(expected), "{text:?} {path}");
        };
        check("", "/a", true);
        check("User-agent: *\nDisallow: /", "/a.png", false);
        check("User-agent: *\nDisallow:", "/a.png", true);
        check("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c.png", true);
        check("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/c.png", false);
        check("User-agent: *\nDisallow: /a\nAllow: /a", "/a", true);
        check("User-agent: other\nDisallow: /", "/a", true);
        check("User-agent: other\nUser-agent: *\nDisallow: /", "/a", false);
        check("User-agent: *\nDisallow: /\n\nUser-agent: Legible/2.0\nDisallow: /x", "/a", true);
        check("User-agent: *\nDisallow: /\n\nuser-AGENT: legible\ndisALLOW: /x # why", "/x", false);
        check(
            "User-agent: legible\nDisallow: /x\nUser-agent: b\nDisallow: /y\nUser-agent: Legible\nDisallow: /z",
            "/z",
            false,
        );
        check(
            "User-agent: legible\nDisallow: /x\nUser-agent: b\nDisallow: /y\nUser-agent: Legible\nDisallow: /z",
            "/y",
            true,
        );
        check("User-agent: legible-other\nDisallow: /", "/a", true);
        check("\u{feff}User-agent: *\r\nSitemap: https://a.example/s\r\nDisallow: /x\r\n", "/x", false);
        check("User-agent: *\nDisallow: /*.gif$", "/x/a.gif", false);
        check("User-agent: *\nDisallow: /*.gif$", "/x/a.gif?big", true);
        check("User-agent: *\nDisallow: /a*b*c", "/a-b-c-d", false);
        check("User-agent: *\nDisallow: /a*b*c", "/a-c-b", true);
        check("User-agent: *\nDisallow: /exact$", "/exact", false);
        check("User-agent: *\nDisallow: /exact$", "/exactly", true);
        check("User-agent: *\nDisallow: /*?print", "/a?print=1", false);
        check("User-agent: *\nDisallow: /é%7e", "/%c3%A9~x", false);
        check("<html>not a robots.txt: at all</html>", "/a", true);
    }

    #[test]
    fn many_stars_take_no_time() {
        let text = format!("User-agent: *\nDisallow: /{}x$", "*a".repeat(20_000));
        assert_eq!(Rules::read(&text).allow(&format!("/{}", "a".repeat(40_000))), Some(true));
    }
}
