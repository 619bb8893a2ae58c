//! What images show, in the window: filters beside the grid and as chips, boxes over an image, look-alikes looked through.

use crate::desktop::{CARD, Desktop, click, count_until, text_until};
use crate::everyday::fits;
use crate::program::codes::qr;
use crate::program::draw::{due, png};
use crate::program::{sample, wait_for};
use fantoccini::Locator;
use fantoccini::key::Key;
use image::imageops::{FilterType, resize};

const YELLOW: [u8; 3] = [250, 220, 40];
const LINK: &str = "https://tea.example/menu";

#[tokio::test]
async fn images_are_filtered_by_what_they_show_and_a_code_is_marked_and_copied() {
    let _turn = crate::TURN.lock().await;
    let mut desktop = Desktop::start();
    let code = desktop.home.write("code.png", png(&qr(LINK, YELLOW)));
    desktop.home.run(["add", "--wait", code.to_str().unwrap(), sample("page.png").to_str().unwrap()]).with(0);
    let client = desktop.drive_app().await;
    count_until(&client, CARD, 2).await;
    count_until(&client, "[data-testid=card-code][title='Web address: tea.example/menu']", 1).await;

    desktop.press(&client, "f").await;
    let facet = |filter: &str| format!("[data-testid=facet][data-filter='{filter}']");
    text_until(&client, &facet("colour:yellow"), |text| text.contains('1')).await;
    desktop.screenshot("filters.png");
    click(&client, &format!("{} button", facet("colour:yellow"))).await;
    count_until(&client, CARD, 1).await;
    text_until(&client, "[data-testid=chip]", |text| text.contains("yellow")).await;
    count_until(&client, "[data-testid=why][title*=yellow]", 1).await;

    // A chip that leaves nothing stays to be taken away.
    let search = client.find(Locator::Css("[data-testid=search]")).await.unwrap();
    search.send_keys(&format!("{} kind:cat ", char::from(Key::End))).await.unwrap();
    count_until(&client, CARD, 0).await;
    text_until(&client, "[data-testid=chip-problem]", |text| text.contains("cat") && text.contains("photo")).await;
    desktop.screenshot("no-results.png");
    click(&client, "[data-testid=chip]:nth-of-type(2) [data-testid=chip-remove]").await;
    count_until(&client, CARD, 1).await;

    desktop.press(&client, "Escape").await;
    click(&client, CARD).await;
    desktop.press(&client, "Return").await;
    text_until(&client, "[data-testid=code]", |text| text.contains("Web address") && text.contains(LINK)).await;
    desktop.press(&client, "b").await;
    count_until(&client, "[data-testid=box][data-part=code]", 1).await;
    desktop.screenshot("code.png");
    click(&client, "[data-testid=code] [aria-label='Copy what the code says']").await;
    wait_for("the code is copied", || desktop.copied_text().filter(|text| text == LINK));
    client.close().await.unwrap();
}

#[tokio::test]
async fn the_best_of_look_alikes_is_kept_and_that_is_undone() {
    let _turn = crate::TURN.lock().await;
    let mut desktop = Desktop::start_dark();
    let large = due("2029-12-24", 70_001);
    let small = resize(&large, large.width() / 2, large.height() / 2, FilterType::CatmullRom);
    let files = [("large.png", &large), ("small.png", &small)];
    let files = files.map(|(name, image)| desktop.home.write(name, png(image)).to_str().unwrap().to_owned());
    desktop.home.run(["add", "--wait", &files[0], &files[1], sample("page.png").to_str().unwrap()]).with(0);
    let client = desktop.drive_app().await;
    count_until(&client, CARD, 3).await;

    click(&client, "[data-testid=nav-duplicates]").await;
    count_until(&client, "[data-testid=duplicate-group]", 1).await;
    count_until(&client, "[data-testid=duplicate]", 2).await;
    text_until(&client, "[data-testid=duplicates-head]", |text| text.contains("1 group")).await;
    desktop.screenshot("look-alikes.png");
    click(&client, "[data-testid=keep-best]").await;
    count_until(&client, "[data-testid=duplicate-group]", 0).await;
    assert_eq!(names(&desktop), ["large.png", "page.png"]);
    click(&client, "[data-testid=toast] button").await;
    count_until(&client, "[data-testid=duplicate-group]", 1).await;
    assert_eq!(names(&desktop).len(), 3);

    click(&client, "[data-testid=keep-all]").await;
    count_until(&client, "[data-testid=duplicate-group]", 0).await;
    assert_eq!(names(&desktop).len(), 3);
    desktop.resize(&client, 420, 800).await;
    for place in ["duplicates", "places"] {
        click(&client, &format!("[data-testid=nav-{place}]")).await;
        fits(&client, place).await;
    }
    desktop.screenshot("no-places.png");
    client.close().await.unwrap();
}

fn names(desktop: &Desktop) -> Vec<String> {
    desktop.home.kept().into_iter().map(|kept| kept.name).collect()
}
