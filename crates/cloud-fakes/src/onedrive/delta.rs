//! What is in a folder of OneDrive, and what changed since: `delta`
//! (<https://learn.microsoft.com/graph/api/driveitem-delta>).

use super::address::Address;
use super::files::page_size;
use super::{OneDriveAccount, said};
use crate::web::{Answer, Answered, Request};
use serde_json::{Value, json};

/// How far a client is.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Token {
    /// Whether everything is told for the first time: then nothing is gone.
    first: bool,
    /// The number of the last change that was told.
    after: u64,
}

impl Token {
    fn read(text: &str) -> Option<Self> {
        let (first, after) = match text.split_once('-')? {
            ("fakeAll", after) => (true, after),
            ("fakeNew", after) => (false, after),
            _ => return None,
        };
        Some(Token { first, after: after.parse().ok()? })
    }

    fn written(self) -> String {
        format!("{}-{}", if self.first { "fakeAll" } else { "fakeNew" }, self.after)
    }
}

impl OneDriveAccount {
    pub(super) fn delta(&mut self, request: &Request, address: &Address) -> Answered {
        let folder = self.addressed(address)?;
        let top = page_size(request)?;
        let link = |token: Token| {
            format!("https://{}/v1.0/me/drive/items/{}/delta?token={}", request.host, folder.id, token.written())
        };
        let begins = Token { first: true, after: 0 };
        let token = match request.query("token") {
            None => begins,
            Some("latest") => {
                let told = json!({"value": [], "@odata.deltaLink": link(Token { first: false, after: self.made })});
                return Ok(Answer::json(200, &told));
            }
            Some(text) => match Token::read(text) {
                Some(token) if token.after <= self.made && (token.first || token.after >= self.oldest_token) => token,
                _ => {
                    let why = "Resync required. Replace any local items with the server's version.";
                    let location = format!("https://{}/v1.0/me/drive/items/{}/delta", request.host, folder.id);
                    return Err(said::error(410, "resyncChangesApplyDifferences", why).with("location", location));
                }
            },
        };

        let mut changes = self.changes_since(token, &folder.id);
        changes.sort_unstable();
        let is_last_page = changes.len() <= top;
        changes.truncate(top);
        let after = changes.last().map_or(token.after, |(number, _)| *number);
        let mut value: Vec<Value> = Vec::new();
        for (_, id) in &changes {
            value.push(match self.items.get(id).cloned().filter(|item| self.is_in(&item.id, &folder.id)) {
                Some(item) => self.selected(request, &item, false),
                None => json!({"id": id, "deleted": {"state": "deleted"}, "parentReference": {"driveId": super::address::DRIVE}}),
            });
        }
        let mut told = json!({"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#Collection(driveItem)", "value": value});
        if is_last_page {
            told["@odata.deltaLink"] = link(Token { first: false, after: self.made }).into();
        } else {
            let select = request.query("$select").map(|select| format!("&$select={select}")).unwrap_or_default();
            let next = link(Token { first: token.first, after });
            told["@odata.nextLink"] = format!("{next}&$top={top}{select}").into();
        }
        Ok(Answer::json(200, &told))
    }

    fn is_in(&self, id: &str, folder: &str) -> bool {
        id == folder || self.above(id).iter().any(|above| above == folder)
    }

    /// The ids of what changed within a folder, by the number of the change.
    fn changes_since(&self, token: Token, folder: &str) -> Vec<(u64, String)> {
        let came = self.items.values().filter(|item| item.changed > token.after || token.after == 0);
        let came = came.filter(|item| self.is_in(&item.id, folder)).map(|item| (item.changed, item.id.clone()));
        let went = self.gone.iter().filter(|gone| !token.first && gone.number > token.after);
        let went = went.filter(|gone| gone.above.iter().any(|above| above == folder) && !self.is_in(&gone.id, folder));
        came.chain(went.map(|gone| (gone.number, gone.id.clone()))).collect()
    }
}
