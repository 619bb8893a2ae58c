//! A source set up in the window: tried before it is saved, looked at, filled; what it could not use stands on it.

use crate::desktop::{CARD, Desktop, choose, click, count_until, text_until};
use crate::keys::call;
use crate::program::draw::{due, png};
use crate::program::site::{Answer, Site};
use fantoccini::key::Key;
use fantoccini::{Client, Locator};
use image::{Rgb, RgbImage};
use serde_json::json;

async fn fill(client: &Client, hook: &str, text: &str) {
    click(client, &format!("[data-testid={hook}]")).await;
    client.find(Locator::Css(&format!("[data-testid={hook}]"))).await.unwrap().send_keys(text).await.unwrap();
}

/// Chooses an entry of a list that may lie further down in the editor.
async fn pick(client: &Client, hook: &str, value: &str) {
    let script = "document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })";
    client.execute(script, vec![format!("[data-testid={hook}]").into()]).await.unwrap();
    choose(client, hook, value).await;
}

/// Opens what is folded away behind a title.
async fn unfold(client: &Client, title: &str) {
    client.find(Locator::XPath(&format!("//summary[contains(., '{title}')]"))).await.unwrap().click().await.unwrap();
}

#[tokio::test]
async fn a_source_is_set_up_tried_and_says_what_it_could_not_use() {
    let _turn = crate::TURN.lock().await;
    let site = Site::new();
    // Larger than the icons that a new source leaves out.
    let mut bill = RgbImage::from_pixel(600, 400, Rgb([255; 3]));
    image::imageops::overlay(&mut bill, &due("2029-12-24", 70_001), 40, 60);
    site.answer("/bill.png", &[Answer::png(png(&bill))]);
    site.answer("/page", &[Answer::page("<p>Please log in")]);
    let mut desktop = Desktop::start();
    let client = desktop.drive_app().await;
    click(&client, "[data-testid=nav-sources]").await;
    count_until(&client, "[data-testid=sources-empty]", 1).await;
    desktop.screenshot("sources-empty.png");
    click(&client, "[data-testid=source-new]").await;
    click(&client, "[data-testid=source-kind-urls]").await;
    let lines = format!("{}{}{}", site.url("/bill.png"), char::from(Key::Enter), site.url("/page"));
    fill(&client, "source-urls", &lines).await;
    fill(&client, "source-name", "Bills").await;
    unfold(&client, "What happens to its images").await;
    pick(&client, "source-language-add", "de").await;
    pick(&client, "source-language-add", "en").await;
    count_until(&client, "[data-testid=source-language]", 2).await;
    pick(&client, "source-layout", "one_line").await;

    // A test asks for the images themselves, and takes nothing in.
    click(&client, "[data-testid=source-test]").await;
    let told = text_until(&client, "[data-testid=source-trial]", |text| text.contains("cannot be used")).await;
    assert!(told.contains("1 of the first 2 addresses") && told.contains("/page"), "{told}");
    desktop.screenshot("source-editor.png");
    click(&client, "[data-testid=source-save]").await;
    count_until(&client, "[data-testid=source-editor]", 0).await;

    text_until(&client, "[data-testid=source-remark]", |text| text.contains("1 could not be used")).await;
    click(&client, "[data-testid=source-history]").await;
    text_until(&client, "[data-testid=source-looks]", |text| text.contains("1 new image")).await;
    desktop.screenshot("sources.png");
    click(&client, "[data-testid=nav-library]").await;
    count_until(&client, CARD, 1).await;
    // Its text stands in one line, as the source says.
    count_until(&client, &format!("{CARD}[data-state=text]"), 1).await;
    click(&client, CARD).await;
    desktop.press(&client, "Return").await;
    text_until(&client, "[data-testid=copy-all]", |text| text.contains("Copy")).await;
    let id = desktop.home.count("SELECT id FROM item");
    let item = call(&client, "item", json!({ "id": id })).await.unwrap();
    let text = item["reading"]["text"].as_str().unwrap();
    assert!(text.contains("70001") && text.contains("2029") && !text.contains('\n'), "{text}");
    let shown = text_until(&client, "[data-testid=item-text]", |text| text.contains("70001")).await;
    assert!(!shown.trim().contains('\n'), "{shown}");
    desktop.screenshot("source-item.png");
    client.close().await.unwrap();
}
