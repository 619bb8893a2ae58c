//! Whatever a model answers, it is understood or refused. (What sound answers mean is tested in `tests/models/heads.rs`.)

use proptest::prelude::*;

use super::*;

const HEADS: [&str; 6] = [
    r#"part = "labels"
       labels = "x"
       outputs.described = { scale = 100 }"#,
    r#"part = "labels"
       labels = "x"
       outputs.classes = { activation = "softmax" }"#,
    r#"part = "objects"
       labels = "x"
       outputs.yolox = { strides = [4, 8] }"#,
    r#"part = "objects"
       labels = "x"
       outputs.boxes-scores = { boxes = 0, scores = 1, activation = "none" }"#,
    r#"part = "faces"
       outputs.yunet = { strides = [8] }"#,
    r#"part = "embedding"
       outputs.embedding = {}"#,
];

fn contract(head: &str) -> Contract {
    let rest = r#"threshold = 0.1
        nms = 0.5
        input = { width = 8, height = 8, fit = { kind = "letterbox-centred", pad = 0 } }"#;
    let contract: Contract = toml::from_str(&format!("{head}\n{rest}")).unwrap();
    contract.validate().unwrap();
    contract
}

fn number() -> impl Strategy<Value = f32> {
    prop_oneof![-1.0f32..2.0, -1e3f32..1e3, Just(f32::MAX), Just(f32::MIN), Just(0.0)]
}

/// Shapes that a head may ask for, and any.
fn answer() -> impl Strategy<Value = Answer> {
    let sides = prop_oneof![
        Just(vec![1, 2]),
        Just(vec![1, 5, 7]),
        Just(vec![1, 1, 1]),
        Just(vec![1, 1, 4]),
        Just(vec![1, 1, 10]),
        Just(vec![1, 1, 2]),
        prop::collection::vec(0usize..6, 0..5),
    ];
    sides.prop_flat_map(|shape| {
        let count = shape.iter().product::<usize>();
        let values = prop::collection::vec(number(), count);
        (Just(shape), values).prop_map(|(shape, values)| Answer { name: "x".into(), shape, values })
    })
}

proptest! {
    #[test]
    fn any_answer_is_understood_or_refused(
        head in 0..HEADS.len(),
        answers in prop::collection::vec(answer(), 0..5),
        width in 1u32..500,
        height in 1u32..500,
    ) {
        let contract = contract(HEADS[head]);
        let placement = Placement::of(&contract.input, (width, height));
        let names = vec!["dog".to_string(), "cat".to_string()];
        let vocabulary = Vocabulary { names, directions: vec![1.0, 0.0, 0.0, f32::MAX] };
        let Ok(seen) = understand(&contract, &vocabulary, &answers, &placement) else { return Ok(()) };
        let quads = seen.objects.iter().map(|object| (object.confidence, object.quad));
        for (confidence, quad) in quads.chain(seen.faces.iter().map(|face| (face.confidence, face.quad))) {
            let (left, top, right, bottom) = quad.edges();
            prop_assert!((0.1..=1.0).contains(&confidence));
            prop_assert!(0.0 <= left && left < right && right <= width as f32);
            prop_assert!(0.0 <= top && top < bottom && bottom <= height as f32);
        }
        prop_assert!(seen.labels.iter().all(|label| (0.1..=1.0).contains(&label.confidence)));
    }
}
