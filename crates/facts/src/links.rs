//! E-mail and web addresses. `linkify` finds them: its rules for what ends an address in running text are the ones that people expect.

use crate::{Fact, Value};
use linkify::{LinkFinder, LinkKind};

/// Without a scheme, an address begins so: any other `word.word` is as likely the end of one sentence and the beginning of the next, misread.
const HOME: &str = "www.";

/// The addresses of a text.
pub fn find(text: &str) -> Vec<Fact> {
    // Each by itself: the beginning of an e-mail address looks like a web address without a scheme.
    [LinkKind::Email, LinkKind::Url].into_iter().flat_map(|kind| of_kind(text, kind)).collect()
}

fn of_kind(text: &str, kind: LinkKind) -> Vec<Fact> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[kind]).url_must_have_scheme(false);
    finder.links(text).filter_map(|link| Some(Fact { at: link.start()..link.end(), value: value(&link)? })).collect()
}

fn value(link: &linkify::Link<'_>) -> Option<Value> {
    let words = link.as_str();
    let begins = |with: &str| words.get(..with.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(with));
    match link.kind() {
        LinkKind::Email => Some(Value::Email(words.to_owned())),
        LinkKind::Url if begins("http://") || begins("https://") => Some(Value::Url(words.to_owned())),
        LinkKind::Url if begins(HOME) => Some(Value::Url(format!("https://{words}"))),
        _ => None,
    }
}
