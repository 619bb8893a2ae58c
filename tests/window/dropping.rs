//! Files dropped on the window: read, found, shown; and those that cannot be read say why.

use crate::desktop::{CARD, Desktop, click, count_until, text_until};
use crate::program::{sample, wait_for};
use fantoccini::Locator;
use fantoccini::key::Key;

#[tokio::test]
async fn dropped_images_are_read_found_and_shown_and_bad_ones_say_why() {
    let _turn = crate::TURN.lock().await;
    let mut desktop = Desktop::start();
    let client = desktop.drive_app().await;
    text_until(&client, "[data-testid=empty]", |text| !text.is_empty()).await;
    desktop.screenshot("empty.png");

    // A real drop of two files, one with a space in its name.
    let spaced = desktop.home.path("my receipt.png");
    std::fs::copy(sample("receipt.png"), &spaced).unwrap();
    desktop.drop_files(&[spaced, sample("german.png")]);
    count_until(&client, &format!("{CARD}[data-state=text]"), 2).await;
    // WebDriver tells no text of a card, since it clips what is too long.
    let text = "return [...document.querySelectorAll('[data-testid=card]')].map((card) => card.textContent).join()";
    let text = client.execute(text, vec![]).await.unwrap().to_string();
    assert!(text.contains("CORNER BAKERY") && text.contains("Stadtbücherei"), "cards show their texts: {text}");

    // Search as one types, accents folded, hits marked.
    let search = client.find(Locator::Css("[data-testid=search]")).await.unwrap();
    search.click().await.unwrap();
    search.send_keys("uberzogene").await.unwrap();
    count_until(&client, CARD, 1).await;
    text_until(&client, &format!("{CARD} mark"), |text| text.to_lowercase().contains("überzogene")).await;
    desktop.screenshot("search.png");

    // The item with its text beside the image and boxes over it.
    search.send_keys(&Key::Enter).await.unwrap();
    client
        .execute(
            "document.querySelector('[data-testid=card]').dispatchEvent(new MouseEvent('dblclick', {bubbles: true}))",
            vec![],
        )
        .await
        .unwrap();
    let text = text_until(&client, "[data-testid=item-text]", |text| text.contains("Stadtbücherei")).await;
    assert!(text.contains("Kasten. Gebühren für überzogene Bücher betragen 0,50 € je Woche"), "{text}");
    assert!(client.find_all(Locator::Css("[data-testid=text-box]")).await.unwrap().len() >= 6);
    assert!(!client.find_all(Locator::Css("[data-testid=hit-box]")).await.unwrap().is_empty(), "the hit has its box");
    desktop.screenshot("item.png");
    click(&client, "[data-testid=back]").await;
    let search = client.find(Locator::Css("[data-testid=search]")).await.unwrap();
    search.clear().await.unwrap();
    search.send_keys(" ").await.unwrap();
    count_until(&client, CARD, 2).await;

    // Bad files beside a good one: each one clear failure, and the good one is read.
    let bad = [
        desktop.home.write("empty.png", b""),
        desktop.home.write("words.png", b"these are words, not pixels"),
        desktop.home.write("half.png", &std::fs::read(sample("page.png")).unwrap()[..4000]),
    ];
    wait_for("the batch is told", || Some(desktop.notifications()).filter(|told| !told.is_empty()));
    assert_eq!(desktop.notifications(), ["2 images read: my receipt.png and 1 more"]);
    desktop.drop_files(&[bad.to_vec(), vec![sample("dark.png")]].concat());
    count_until(&client, &format!("{CARD}[data-state=text]"), 3).await;
    count_until(&client, &format!("{CARD}[data-state=problem]"), 1).await;
    // The notification of what failed leads to where it can be tried again.
    desktop.click_notification();
    count_until(&client, "[data-testid=job][data-state=failed]", 3).await;
    text_until(&client, "[data-testid=job][data-state=failed]", |text| text.contains("empty")).await;
    desktop.screenshot("activity.png");
    client.close().await.unwrap();
}
