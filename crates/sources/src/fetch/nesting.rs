//! Cuts a page where it nests deeper than any page does: a parser takes time by the square of the depth.

use std::collections::HashMap;

/// The most elements that lie in each other; browsers give up at 512.
const DEPTH: usize = 1000;
/// Elements that hold nothing.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
/// Elements that the next of their kind closes.
const CLOSED_BY_THE_NEXT: &[&str] =
    &["dd", "dt", "li", "optgroup", "option", "p", "rp", "rt", "tbody", "td", "tfoot", "th", "thead", "tr"];
/// Elements that hold text alone.
const TEXT: &[&str] = &["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"];

/// The page up to where it nests too deep. Elements that are closed by others count as open, which only errs to the side
/// of cutting.
pub(super) fn cut(html: &str) -> &str {
    let mut open: HashMap<String, usize> = HashMap::new();
    let mut depth = 0;
    let mut at = 0;
    while let Some(next) = html[at..].find('<') {
        let start = at + next;
        let tag = &html[start + 1..];
        let (is_end, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let length = tag.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(tag.len());
        let name = tag[..length.min(32)].to_ascii_lowercase();
        at = start + 1;
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || VOID.contains(&name.as_str()) {
            continue;
        }
        if CLOSED_BY_THE_NEXT.contains(&name.as_str()) {
            continue;
        }
        let count = open.entry(name.clone()).or_default();
        match is_end {
            true if *count > 0 => (*count, depth) = (*count - 1, depth - 1),
            true => {}
            false if TEXT.contains(&name.as_str()) => at = end_of_text(html, at, &name),
            false if depth == DEPTH => return &html[..start],
            false => (*count, depth) = (*count + 1, depth + 1),
        }
    }
    html
}

/// Where the text of an element ends: at its end tag, or never.
fn end_of_text(html: &str, from: usize, name: &str) -> usize {
    let is_end = |at: &usize| {
        let tag = html.as_bytes().get(at + 2..at + 2 + name.len());
        tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
    };
    let ends = html[from..].match_indices("</").map(|(at, _)| from + at);
    // The end tag itself was never counted as open.
    ends.into_iter().find(is_end).map_or(html.len(), |at| at + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nests_too_deep_is_cut() {
        let check = |html: String, expected: usize| assert_eq!(cut(&html).len(), expected, "{}", &html[..40]);
        let plain = "<div><p>text<br><img src=a></div>".repeat(5000);
        check(plain.clone(), plain.len());
        let lists = "<ul><li>a<li>b</ul><table><tr><td>x</table>".repeat(5000);
        check(lists.clone(), lists.len());
        let script = format!("<script>{}</script><p>{}", "'<b>'".repeat(5000), "<i>x</i>".repeat(5000));
        check(script.clone(), script.len());
        check("<div>".repeat(5000), 5 * DEPTH);
        check("<div></x>".repeat(5000), 9 * DEPTH);
        check("<b id=1><p>".repeat(5000), 11 * DEPTH);
    }
}
