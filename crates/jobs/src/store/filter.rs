//! A [`Filter`] as a condition in SQL.

use crate::Filter;
use rusqlite::types::Value;
use serde_json::json;

/// A condition with positional parameters.
pub(super) struct Condition {
    /// Stands after `WHERE` or `AND`.
    pub sql: String,
    /// One for each `?` in it, in order.
    pub params: Vec<Value>,
}

pub(super) fn condition(filter: &Filter) -> Condition {
    let mut terms = vec!["1"];
    let mut params = Vec::new();
    let mut term = |sql, param: Value| {
        terms.push(sql);
        params.push(param);
    };
    // A list travels as one JSON parameter: its length changes neither the statement nor the number of parameters.
    if let Some(ids) = &filter.ids {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        term("id IN (SELECT value FROM json_each(?))", json!(ids).to_string().into());
    }
    if let Some(states) = &filter.states {
        let names: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
        term("state IN (SELECT value FROM json_each(?))", json!(names).to_string().into());
    }
    if let Some(kinds) = &filter.kinds {
        term("kind IN (SELECT value FROM json_each(?))", json!(kinds).to_string().into());
    }
    if let Some(subject) = &filter.subject {
        term("subject = ?", subject.clone().into());
    }
    if let Some(group) = filter.group {
        term("group_id = ?", group.0.into());
    }
    if let Some(tag) = &filter.tag {
        term("id IN (SELECT job_id FROM job_tag WHERE tag = ?)", tag.clone().into());
    }
    if let Some(unique) = &filter.unique {
        term("unique_key = ?", unique.clone().into());
    }
    if let Some(schedule) = filter.schedule {
        term("schedule_id = ?", schedule.0.into());
    }
    if let Some(text) = &filter.text {
        // Fields are not separated in a title or a name, so no text can match across the two.
        term("instr(lower(title || char(0) || coalesce(unique_key, '')), lower(?)) > 0", text.clone().into());
    }
    Condition { sql: terms.join(" AND "), params }
}
