//! Chains: jobs that wait for each other.

use crate::{JobId, NewJob};
use serde_json::{Map, Value};

/// A job that another waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// The job to wait for.
    pub job: JobId,
    /// For which end of it.
    pub on: Edge,
}

/// What a job waits for in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Its success. Failure and cancel are inherited, and its output becomes part of the input.
    Success,
    /// Its end, whatever it is.
    End,
}

/// How outputs of earlier jobs become part of the input of a later one. Only JSON objects are merged, in the order of
/// the jobs' numbers, after the job's own payload.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Merger {
    /// A field of a later output replaces the same field of an earlier one.
    #[default]
    Overwriting,
    /// Each field becomes the array of all its values.
    ArrayCreating,
}

impl Merger {
    /// The input of a job with this payload after jobs with these outputs.
    pub fn merge(self, payload: Value, outputs: Vec<Value>) -> Value {
        if outputs.is_empty() {
            return payload;
        }
        let objects = std::iter::once(payload).chain(outputs).filter_map(|value| match value {
            Value::Object(fields) => Some(fields),
            _ => None,
        });
        let mut merged = Map::new();
        for (name, value) in objects.flatten() {
            match self {
                Merger::Overwriting => drop(merged.insert(name, value)),
                Merger::ArrayCreating => {
                    if let Value::Array(all) = merged.entry(name).or_insert_with(|| Value::Array(vec![])) {
                        all.push(value);
                    }
                }
            }
        }
        Value::Object(merged)
    }
}

/// What ties a stored job to others, and what else is told of it alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Links {
    /// The jobs that it waits for, or waited for.
    pub needs: Vec<JobId>,
    /// The jobs that wait, or waited, for it.
    pub needed_by: Vec<JobId>,
    /// Its payload, merged with the outputs that are there of what it needs.
    pub input: Value,
    /// How long it is to be listed after its end at least, in milliseconds.
    pub keep_ms: Option<i64>,
}

/// Jobs that wait for each other, to be enqueued as one by [`crate::enqueue_chain`].
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// Each job with the places of those before it that it waits for.
    pub(crate) jobs: Vec<(NewJob, Vec<usize>)>,
    /// The places of the jobs that what comes next waits for.
    ends: Vec<usize>,
}

impl Chain {
    /// Jobs that run beside each other.
    pub fn begin(jobs: impl IntoIterator<Item = NewJob>) -> Self {
        let jobs: Vec<_> = jobs.into_iter().map(|job| (job, vec![])).collect();
        Chain { ends: (0..jobs.len()).collect(), jobs }
    }

    /// And then, when all of the last ones succeeded, these beside each other.
    #[must_use]
    pub fn then(mut self, jobs: impl IntoIterator<Item = NewJob>) -> Self {
        let first = self.jobs.len();
        self.jobs.extend(jobs.into_iter().map(|job| (job, self.ends.clone())));
        if self.jobs.len() > first {
            self.ends = (first..self.jobs.len()).collect();
        }
        self
    }

    /// Chains beside each other; what comes next waits for the ends of all.
    pub fn join(chains: impl IntoIterator<Item = Chain>) -> Self {
        let mut joined = Chain { jobs: vec![], ends: vec![] };
        for chain in chains {
            let first = joined.jobs.len();
            let moved = |places: Vec<usize>| places.into_iter().map(|place| place + first).collect::<Vec<_>>();
            joined.ends.extend(moved(chain.ends));
            joined.jobs.extend(chain.jobs.into_iter().map(|(job, after)| (job, moved(after))));
        }
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn outputs_are_merged() {
        let check = |merger: Merger, outputs: &[Value], expected: Value| {
            let payload = json!({ "own": 1, "both": "mine" });
            assert_eq!(merger.merge(payload, outputs.to_vec()), expected);
        };
        let outputs = [json!({ "a": 1, "both": "first" }), json!(7), json!({ "a": 2 })];
        check(Merger::Overwriting, &[], json!({ "own": 1, "both": "mine" }));
        check(Merger::Overwriting, &outputs, json!({ "own": 1, "both": "first", "a": 2 }));
        check(Merger::ArrayCreating, &outputs, json!({ "own": [1], "both": ["mine", "first"], "a": [1, 2] }));
    }

    #[test]
    fn a_chain_knows_who_waits_for_whom() {
        let named = |title: &str| NewJob { title: title.into(), ..NewJob::new("work", json!({}), 0) };
        let check = |chain: Chain, expected: &[(&str, &[&str])]| {
            let title = |place: usize| chain.jobs[place].0.title.as_str();
            let seen: Vec<(&str, Vec<&str>)> = (chain.jobs.iter())
                .map(|(job, after)| (job.title.as_str(), after.iter().map(|place| title(*place)).collect()))
                .collect();
            assert_eq!(seen, expected.iter().map(|(job, after)| (*job, after.to_vec())).collect::<Vec<_>>());
        };
        let two = Chain::begin([named("a"), named("b")]);
        check(two.clone(), &[("a", &[]), ("b", &[])]);
        check(two.clone().then([named("c")]), &[("a", &[]), ("b", &[]), ("c", &["a", "b"])]);
        check(two.clone().then([]).then([named("c")]), &[("a", &[]), ("b", &[]), ("c", &["a", "b"])]);
        let joined = Chain::join([two.then([named("c")]), Chain::begin([named("d")])]).then([named("e")]);
        check(joined, &[("a", &[]), ("b", &[]), ("c", &["a", "b"]), ("d", &[]), ("e", &["c", "d"])]);
    }
}
