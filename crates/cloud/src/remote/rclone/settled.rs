//! Settings of rclone that a person may have made for all that it does, and that must not count here: a file that a filter hides would
//! seem to be gone, and one that is left as it is would not be put in place.

use serde_json::{Value, json};

/// Settings for a call that asks for files or moves one, as `_config`.
pub(super) fn config() -> Value {
    json!({
        "DryRun": false,
        "Interactive": false,
        "MaxDepth": -1,
        "IgnoreExisting": false,
        "UpdateOlder": false,
        "Immutable": false,
    })
}

/// A filter with these rules and no others, as `_filter`. What an older rclone does not know of it, it leaves out.
pub(super) fn filter(rules: &[&str]) -> Value {
    let lists = json!({
        "FilterRule": [], "FilterFrom": [], "ExcludeRule": [], "ExcludeFrom": [], "IncludeRule": [], "IncludeFrom": [],
    });
    let mut filter = lists.clone();
    filter["MetaRules"] = lists;
    filter["FilterRule"] = json!(rules);
    for none in ["ExcludeFile", "FilesFrom", "FilesFromRaw", "FilesFrom0"] {
        filter[none] = json!([]);
    }
    for off in ["MinAge", "MaxAge", "MinSize", "MaxSize"] {
        filter[off] = "off".into();
    }
    filter["HashFilter"] = "".into();
    filter["IgnoreCase"] = false.into();
    filter
}
