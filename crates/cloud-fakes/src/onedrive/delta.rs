//! What is in a folder of OneDrive, and what changed since: `delta`
//! (<https://learn.microsoft.com/graph/api/driveitem-delta>).

use super::address::{Address, DRIVE};
use super::files::page_size;
use super::{OneDriveAccount, said};
use crate::web::{Answer, Answered, Request};
use serde_json::{Value, json};

/// How far a client is.
#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// Everything is told, folders before what lies in them; nothing is gone.
    All {
        /// The number of the last change when it began: after it, changes are told.
        begun: u64,
        /// How deep the last item lay that was told, and its id.
        last: (usize, String),
    },
    /// Changes after this number are told.
    New(u64),
}

impl Token {
    fn read(text: &str) -> Option<Self> {
        if let Some(number) = text.strip_prefix("fakeNew-") {
            return Some(Token::New(number.parse().ok()?));
        }
        let mut parts = text.strip_prefix("fakeAll-")?.splitn(3, '-');
        let begun = parts.next()?.parse().ok()?;
        Some(Token::All { begun, last: (parts.next()?.parse().ok()?, parts.next()?.to_owned()) })
    }

    fn written(&self) -> String {
        match self {
            Token::All { begun, last: (depth, id) } => format!("fakeAll-{begun}-{depth}-{id}"),
            Token::New(number) => format!("fakeNew-{number}"),
        }
    }

    fn number(&self) -> u64 {
        match self {
            Token::All { begun: number, .. } | Token::New(number) => *number,
        }
    }
}

impl OneDriveAccount {
    pub(super) fn delta(&mut self, request: &Request, address: &Address) -> Answered {
        let folder = self.addressed(address)?;
        let top = page_size(request)?;
        let here = format!("https://{}/v1.0/me/drive/items/{}/delta", request.host, folder.id);
        let token = match request.query("token") {
            None => Token::All { begun: self.made, last: (0, String::new()) },
            Some("latest") => {
                let link = format!("{here}?token={}", Token::New(self.made).written());
                return Ok(Answer::json(200, &json!({"value": [], "@odata.deltaLink": link})));
            }
            Some(text) => Token::read(text)
                .filter(|token| (self.oldest_token..=self.made).contains(&token.number()))
                .ok_or_else(|| {
                let why = "Resync required. Replace any local items with the server's version.";
                said::error(410, "resyncChangesApplyDifferences", why).with("location", here.clone())
            })?,
        };

        let (ids, next) = match &token {
            Token::All { begun, last } => {
                let mut items = self.all_within(&folder.id);
                items.retain(|item| item > last);
                items.sort_unstable();
                let is_last_page = items.len() <= top;
                items.truncate(top);
                let next = items.last().filter(|_| !is_last_page).cloned();
                let next = next.map(|last| Token::All { begun: *begun, last });
                (items.into_iter().map(|(_, id)| id).collect::<Vec<_>>(), next.ok_or(Token::New(*begun)))
            }
            Token::New(after) => {
                let mut changes = self.changes_after(*after, &folder.id);
                changes.sort_unstable();
                let is_last_page = changes.len() <= top;
                changes.truncate(top);
                let next = changes.last().filter(|_| !is_last_page).map(|(number, _)| Token::New(*number));
                (changes.into_iter().map(|(_, id)| id).collect(), next.ok_or(Token::New(self.made)))
            }
        };
        let mut value: Vec<Value> = Vec::new();
        for id in &ids {
            value.push(match self.items.get(id).cloned().filter(|item| self.is_in(&item.id, &folder.id)) {
                Some(item) => self.selected(request, &item, false),
                None => json!({"id": id, "deleted": {"state": "deleted"}, "parentReference": {"driveId": DRIVE}}),
            });
        }
        let context = "https://graph.microsoft.com/v1.0/$metadata#Collection(driveItem)";
        let mut told = json!({"@odata.context": context, "value": value});
        match next {
            Ok(next) => {
                let select = request.query("$select").map(|select| format!("&$select={select}")).unwrap_or_default();
                told["@odata.nextLink"] = format!("{here}?token={}&$top={top}{select}", next.written()).into();
            }
            Err(last) => told["@odata.deltaLink"] = format!("{here}?token={}", last.written()).into(),
        }
        Ok(Answer::json(200, &told))
    }

    fn is_in(&self, id: &str, folder: &str) -> bool {
        id == folder || self.above(id).iter().any(|above| above == folder)
    }

    /// A folder and all that lies in it, by how deep it lies. No depth is 0.
    fn all_within(&self, folder: &str) -> Vec<(usize, String)> {
        let within = self.items.keys().filter(|id| self.is_in(id, folder));
        within.map(|id| (self.above(id).len() + 1, id.clone())).collect()
    }

    /// The ids of what changed within a folder, by the number of the change.
    fn changes_after(&self, after: u64, folder: &str) -> Vec<(u64, String)> {
        let came = self.items.values().filter(|item| item.changed > after && self.is_in(&item.id, folder));
        let went = self.gone.iter().filter(|gone| gone.number > after && !self.is_in(&gone.id, folder));
        let went = went.filter(|gone| gone.above.iter().any(|above| above == folder));
        let came = came.map(|item| (item.changed, item.id.clone()));
        came.chain(went.map(|gone| (gone.number, gone.id.clone()))).collect()
    }
}
