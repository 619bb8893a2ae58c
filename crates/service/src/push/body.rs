//! What is written into a push: the JSON of a webhook, or of ntfy (its documentation, "Publish as JSON"). Pure.

use super::Pushed;
use super::address::Address;
use crate::telling::message::Kind;
use serde_json::{Value, json};

/// The most bytes of a title. ntfy cuts longer ones.
const TITLE_BYTES: usize = 250;

/// The most bytes of a text. ntfy makes a file of longer ones.
const BODY_BYTES: usize = 3500;

/// The JSON to send.
pub fn body(address: &Address, pushed: &Pushed) -> Value {
    let (title, body) = (cut(&pushed.title, TITLE_BYTES), cut(&pushed.body, BODY_BYTES));
    let Some(topic) = &address.topic else {
        return json!({ "app": "Legible", "kind": pushed.kind, "title": title, "body": body, "time": pushed.time });
    };
    // 3 is the default; 4 rings louder, 2 stays silent.
    let (priority, tag) = match pushed.kind {
        Kind::Batch | Kind::Picture => (2, "framed_picture"),
        Kind::Schedule => (2, "calendar"),
        Kind::Reminder => (4, "alarm_clock"),
        Kind::NeedsYou | Kind::Failure => (3, "warning"),
    };
    // An empty message would be shown as "triggered".
    let (title, body) = if body.is_empty() { ("Legible", title) } else { (title, body) };
    json!({ "topic": topic, "title": title, "message": body, "priority": priority, "tags": [tag] })
}

/// The first bytes of a text, whole characters only.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::PushKind;

    #[test]
    fn a_push_says_what_the_notification_says() {
        let check = |kind, url: &str, (title, body): (&str, &str), expected: Value| {
            let pushed = Pushed { kind: Kind::Batch, title: title.into(), body: body.into(), time: 7 };
            assert_eq!(super::body(&Address::parse(kind, url).unwrap(), &pushed), expected);
        };
        let hook = (PushKind::Webhook, "https://example.org/");
        let ntfy = (PushKind::Ntfy, "https://ntfy.sh/mine");
        let said = ("Über 3 Bilder", "Scans");
        check(
            hook.0,
            hook.1,
            said,
            json!({ "app": "Legible", "kind": "batch", "title": "Über 3 Bilder", "body": "Scans", "time": 7 }),
        );
        let sent = |title: &str, message: &str| json!({ "topic": "mine", "title": title, "message": message, "priority": 2, "tags": ["framed_picture"] });
        check(ntfy.0, ntfy.1, said, sent("Über 3 Bilder", "Scans"));
        check(ntfy.0, ntfy.1, ("Rent", ""), sent("Legible", "Rent"));
        let long = "ä".repeat(5000);
        check(ntfy.0, ntfy.1, (&long, &long), sent(&"ä".repeat(125), &"ä".repeat(1750)));
    }
}
