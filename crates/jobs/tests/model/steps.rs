//! What can happen to a queue, drawn at random.

use crate::reference::{Need, Pick, RefMachine};
use legible_jobs::{Edge, Merger, UniquePolicy};
use proptest::prelude::*;

#[derive(Debug, Clone)]
pub enum Step {
    Wait(i64),
    Enqueue(Draft),
    Chain { shape: Shape, unique: Option<(u8, UniquePolicy)> },
    Claim { owner: u8, limit: usize, excluded: Option<&'static str>, machine: RefMachine },
    Renew(u8),
    Progress(usize),
    Succeed(usize),
    Fail { lease: usize, retryable: bool },
    Release(usize),
    RequestCancel(Pick),
    Retry(Pick),
    RunNow(Pick),
    Update(usize, Draft),
    Expire,
    Restart(u8),
    Pause(bool),
    NewGroup,
    Seal(usize),
    MarkTold(usize),
    Prune(Pick),
}

/// A job as it is drawn; numbers that name other things are taken modulo how many there are.
#[derive(Debug, Clone)]
pub struct Draft {
    pub kind: &'static str,
    pub title: &'static str,
    pub priority: i32,
    pub delay: i64,
    pub unique: Option<u8>,
    pub policy: UniquePolicy,
    pub group: Option<usize>,
    pub max: u32,
    pub need: Need,
    pub tag: Option<u8>,
    pub schedule: Option<i64>,
    pub keep_ms: Option<i64>,
    pub merger: Merger,
    pub after: Vec<(usize, Edge)>,
}

/// A chain: stages that follow one another; the first two begin beside each other if it is joined.
#[derive(Debug, Clone)]
pub struct Shape {
    pub stages: Vec<Vec<Draft>>,
    pub joined: bool,
}

fn kind() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("read"), Just("thumbnail")]
}

fn title() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("Invoice.png"), Just("invoice 2"), Just("100%_[x]"), Just("发票")]
}

fn policy() -> impl Strategy<Value = UniquePolicy> {
    prop_oneof![
        Just(UniquePolicy::Keep),
        Just(UniquePolicy::Replace),
        Just(UniquePolicy::Append),
        Just(UniquePolicy::AppendOrReplace),
    ]
}

fn need() -> impl Strategy<Value = Need> {
    prop_oneof![
        4 => Just(Need::Nothing),
        1 => Just(Need::Online),
        1 => Just(Need::Unmetered),
        1 => Just(Need::Power),
        1 => Just(Need::Away),
    ]
}

fn merger() -> impl Strategy<Value = Merger> {
    prop_oneof![Just(Merger::Overwriting), Just(Merger::ArrayCreating)]
}

fn edge() -> impl Strategy<Value = Edge> {
    prop_oneof![3 => Just(Edge::Success), 1 => Just(Edge::End)]
}

fn machine() -> impl Strategy<Value = RefMachine> {
    let away_ms = prop::option::of(prop_oneof![0..60_000_i64, 60_000..600_000_i64]);
    (any::<bool>(), any::<bool>(), any::<bool>(), away_ms).prop_map(|(online, metered, on_ac, away_ms)| RefMachine {
        online,
        metered,
        on_ac,
        away_ms,
    })
}

fn pick() -> impl Strategy<Value = Pick> {
    prop_oneof![
        1 => Just(Pick::All),
        8 => (0..60_usize).prop_map(Pick::Job),
        1 => kind().prop_map(Pick::Kind),
        1 => (0..3_usize).prop_map(Pick::Group),
        1 => (0..3_u8).prop_map(Pick::Tag),
        2 => (0..4_u8).prop_map(Pick::Unique),
        1 => (1..3_i64).prop_map(Pick::Schedule),
        1 => prop_oneof![Just("INVOICE"), Just("%_["), Just("票"), Just("none such")].prop_map(Pick::Text),
    ]
}

fn draft() -> impl Strategy<Value = Draft> {
    let life = (kind(), title(), 0..3, 0..5000_i64, 1..4_u32, need());
    let names = (
        prop::option::of(0..4_u8),
        policy(),
        prop::option::weighted(0.3, 0..3_usize),
        prop::option::weighted(0.3, 0..3_u8),
        prop::option::weighted(0.2, 1..3_i64),
    );
    let after = prop_oneof![3 => Just(vec![]), 2 => prop::collection::vec((0..1000_usize, edge()), 1..4)];
    let ends = (prop::option::weighted(0.2, 0..20_000_i64), merger(), after);
    (life, names, ends).prop_map(|(life, names, (keep_ms, merger, after))| {
        let (kind, title, priority, delay, max, need) = life;
        let (unique, policy, group, tag, schedule) = names;
        Draft { kind, title, priority, delay, unique, policy, group, max, need, tag, schedule, keep_ms, merger, after }
    })
}

fn shape() -> impl Strategy<Value = Shape> {
    let stages = prop::collection::vec(prop::collection::vec(draft(), 1..4), 1..4);
    (stages, any::<bool>()).prop_map(|(stages, joined)| Shape { joined: joined && stages.len() > 1, stages })
}

pub fn step() -> impl Strategy<Value = Step> {
    let claim = (0..3_u8, 0..4_usize, prop::option::of(kind()), machine())
        .prop_map(|(owner, limit, excluded, machine)| Step::Claim { owner, limit, excluded, machine });
    let chain =
        (shape(), prop::option::of((0..4_u8, policy()))).prop_map(|(shape, unique)| Step::Chain { shape, unique });
    prop_oneof![
        6 => (0..6000_i64).prop_map(Step::Wait),
        12 => draft().prop_map(Step::Enqueue),
        3 => chain,
        20 => claim,
        2 => (0..3_u8).prop_map(Step::Renew),
        1 => (0..100_usize).prop_map(Step::Progress),
        12 => (0..100_usize).prop_map(Step::Succeed),
        8 => (0..100_usize, any::<bool>()).prop_map(|(lease, retryable)| Step::Fail { lease, retryable }),
        3 => (0..100_usize).prop_map(Step::Release),
        5 => pick().prop_map(Step::RequestCancel),
        5 => pick().prop_map(Step::Retry),
        2 => pick().prop_map(Step::RunNow),
        3 => (0..60_usize, draft()).prop_map(|(job, draft)| Step::Update(job, draft)),
        2 => Just(Step::Expire),
        2 => (0..3_u8).prop_map(Step::Restart),
        1 => any::<bool>().prop_map(Step::Pause),
        2 => Just(Step::NewGroup),
        2 => (0..3_usize).prop_map(Step::Seal),
        2 => (0..3_usize).prop_map(Step::MarkTold),
        3 => pick().prop_map(Step::Prune),
    ]
}
