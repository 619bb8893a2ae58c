//! What a person does every day by keyboard: paste, move to the trash, undo, change a setting. In a dark theme.

use crate::desktop::{CARD, Desktop, click, count_until, text_until};
use crate::program::{sample, wait_for};
use fantoccini::Client;

#[tokio::test]
async fn a_pasted_image_is_read_trashed_and_brought_back() {
    let _turn = crate::TURN.lock().await;
    let mut desktop = Desktop::start_dark();
    let client = desktop.drive_app().await;
    text_until(&client, "[data-testid=empty]", |text| !text.is_empty()).await;
    desktop.press(&client, "ctrl+v").await;
    text_until(&client, "[data-testid=toast]", |text| text.contains("clipboard")).await;

    // From the search field too, which could do nothing with an image.
    desktop.copy_image(&sample("receipt.png"));
    click(&client, "[data-testid=search]").await;
    desktop.press(&client, "ctrl+v").await;
    count_until(&client, &format!("{CARD}[data-state=text]"), 1).await;
    assert_eq!(desktop.home.found("croissant"), 1);
    desktop.screenshot("dark.png");

    click(&client, CARD).await;
    desktop.press(&client, "Delete").await;
    count_until(&client, CARD, 0).await;
    text_until(&client, "[data-testid=toast]", |text| text.contains("moved to the trash")).await;
    assert_eq!(desktop.home.found("croissant"), 0, "what is in the trash is not found");
    desktop.press(&client, "ctrl+z").await;
    count_until(&client, CARD, 1).await;
    assert_eq!(desktop.home.found("croissant"), 1);

    // Another by the file dialog, where a person may type the path.
    desktop.press(&client, "ctrl+o").await;
    desktop.name_file("Add images", &sample("german.png"));
    count_until(&client, &format!("{CARD}[data-state=text]"), 2).await;
    assert_eq!(desktop.home.found("Stadtbücherei"), 1);

    // When the message with Undo is gone, the trash itself gives it back. The newest is the first card.
    click(&client, CARD).await;
    desktop.press(&client, "Delete").await;
    count_until(&client, CARD, 1).await;
    desktop.press(&client, "ctrl+8").await;
    count_until(&client, CARD, 1).await;
    click(&client, CARD).await;
    text_until(&client, "[data-testid=selection]", |text| text.contains("Restore")).await;
    desktop.screenshot("trash.png");
    click(&client, "[data-testid=selection] [aria-label=Restore]").await;
    count_until(&client, CARD, 0).await;
    assert_eq!(desktop.home.found("Stadtbücherei"), 1);
    client.close().await.unwrap();
}

#[tokio::test]
async fn settings_take_effect_and_a_narrow_window_shows_all() {
    let _turn = crate::TURN.lock().await;
    let mut desktop = Desktop::start_dark();
    desktop.home.run(["add", "--wait", sample("german.png").to_str().unwrap()]).with(0);
    let client = desktop.drive_app().await;
    count_until(&client, CARD, 1).await;

    let login_item = desktop.home.path(".config/autostart");
    let login_items = || std::fs::read_dir(&login_item).map_or(0, Iterator::count);
    desktop.press(&client, "ctrl+9").await;
    text_until(&client, "[data-testid=check]", |text| !text.is_empty()).await;
    desktop.screenshot("settings.png");
    let switch = |label: &str| format!("[role=switch][aria-label='{label}']");
    click(&client, &switch("Start at login")).await;
    wait_for("the login item is there", || (login_items() == 1).then_some(()));
    click(&client, &switch("Start at login")).await;
    wait_for("the login item is gone", || (login_items() == 0).then_some(()));
    click(&client, &switch("Notifications: Batches")).await;
    let saved = || std::fs::read_to_string(desktop.home.path("config/settings.toml")).unwrap_or_default();
    wait_for("the setting is saved", || saved().contains("batches = false").then_some(()));

    desktop.resize(&client, 420, 800).await;
    for place in ["settings", "library", "activity", "schedules", "reminders", "trash"] {
        click(&client, &format!("[data-testid=nav-{place}]")).await;
        fits(&client, place).await;
    }
    click(&client, "[data-testid=nav-library]").await;
    count_until(&client, CARD, 1).await;
    desktop.screenshot("narrow.png");
    client.close().await.unwrap();
}

#[tokio::test]
async fn what_stands_in_a_text_is_copied_and_finds_others() {
    let _turn = crate::TURN.lock().await;
    let mut desktop = Desktop::start_dark();
    for name in ["german.png", "receipt.png"] {
        desktop.home.run(["add", "--wait", sample(name).to_str().unwrap()]).with(0);
    }
    let client = desktop.drive_app().await;
    count_until(&client, CARD, 2).await;
    click(&client, &format!("{CARD}[aria-label*='german']")).await;
    desktop.press(&client, "Return").await;
    let amount = "[data-testid=text-fact][data-kind=amount]";
    text_until(&client, amount, |text| text.contains("0,50")).await;
    text_until(&client, "[data-testid=text-fact][data-kind=phone]", |text| text.contains("0341")).await;
    desktop.screenshot("text-facts.png");
    click(&client, amount).await;
    click(&client, "[role=menuitem]:nth-of-type(1)").await;
    text_until(&client, "[data-testid=toast]", |text| text.contains("Copied")).await;
    click(&client, amount).await;
    click(&client, "[role=menuitem]:nth-of-type(2)").await;
    count_until(&client, CARD, 1).await;
    let search = client.execute("return document.querySelector('[data-testid=search]').value", vec![]).await.unwrap();
    assert_eq!(search, serde_json::json!("amount:0.5EUR"));
    client.close().await.unwrap();
}

/// Nothing reaches beyond the window's right edge: no sideways scrolling, no cut button.
pub async fn fits(client: &Client, place: &str) {
    let script = "return [...document.querySelectorAll('body *')] \
         .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 0.5) \
         .map((element) => element.tagName + '.' + element.getAttribute('class'))";
    let beyond = client.execute(script, vec![]).await.unwrap();
    assert_eq!(beyond, serde_json::json!([]), "{place}");
}
