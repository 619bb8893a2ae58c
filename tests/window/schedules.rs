//! Schedules and reminders: made in the window, carried out with the window closed, told, and looked at again.

use crate::desktop::{CARD, Desktop, choose, click, count_until, text_until};
use crate::program::draw::{number, png};
use crate::program::wait_for;
use fantoccini::key::Key;
use fantoccini::{Client, Locator};

const ROW: &str = "[data-testid=schedule]";
const TITLE: &str = "Twins, every hour";

/// Writes into a field, in place of what it holds.
async fn fill(client: &Client, hook: &str, text: &str) {
    let field = format!("[data-testid={hook}]");
    click(client, &field).await;
    let field = client.find(Locator::Css(&field)).await.unwrap();
    field.send_keys(&format!("{}a{}", char::from(Key::Control), char::from(Key::Null))).await.unwrap();
    field.send_keys(text).await.unwrap();
}

/// Ends the app that a driver started, and waits until its service is gone, too.
async fn leave(desktop: &Desktop, client: Client) {
    client.close().await.unwrap();
    wait_for("the app is gone", || {
        let status = desktop.home.run(["service", "status", "--json"]);
        (status.with(0).json()["runs"] == false).then_some(())
    });
}

#[tokio::test]
async fn a_schedule_made_in_the_window_runs_with_the_window_closed() {
    let _turn = crate::TURN.lock().await;
    let mut desktop = Desktop::start();
    for value in 1..=2 {
        desktop.home.write(&format!("in/{value}.png"), png(&number(value)));
    }
    desktop.home.run(["add", "--wait", "in"]).with(0);

    // The built-in ones are sentences. A new one is made as a sentence, and shows what it will do.
    let client = desktop.drive_app().await;
    count_until(&client, CARD, 2).await;
    click(&client, "[data-testid=nav-schedules]").await;
    count_until(&client, ROW, 9).await;
    let sentence = "Every day at 02:30, when on AC power and you are away for 10 minutes, read new images.";
    text_until(&client, ROW, |text| text.contains(sentence)).await;
    desktop.screenshot("schedules.png");
    click(&client, "[data-testid=schedule-new]").await;
    fill(&client, "schedule-title", TITLE).await;
    choose(&client, "rule-mode", "every").await;
    choose(&client, "rule-unit", "hours").await;
    fill(&client, "rule-count", "1").await;
    choose(&client, "schedule-action", "find_duplicates").await;
    text_until(&client, ".said", |text| text == "Every hour, when on AC power, find images that look alike.").await;
    count_until(&client, "[data-testid=next-runs] li", 5).await;
    desktop.screenshot("schedule-editor.png");

    // What cannot be saved says so while it is written, and is not saved.
    choose(&client, "rule-mode", "cron").await;
    fill(&client, "rule-cron", "0 0 30 2 *").await;
    text_until(&client, "[data-testid=schedule-problem]", |text| text.contains("never comes")).await;
    choose(&client, "rule-mode", "every").await;
    choose(&client, "rule-unit", "hours").await;
    fill(&client, "rule-count", "1").await;
    count_until(&client, "[data-testid=schedule-problem]", 0).await;
    click(&client, "[data-testid=schedule-save]").await;
    count_until(&client, ROW, 10).await;
    let own = format!("{ROW}:not([data-schedule='1'])");
    text_until(&client, &own, |text| text.contains(TITLE) && text.contains("Has not run yet")).await;
    leave(&desktop, client).await;
    let made = desktop.home.schedules().into_iter().find(|one| one["draft"]["title"] == TITLE).unwrap();
    assert_eq!(made["sentence"], "Every hour, when on AC power, find images that look alike.");
    let id = made["id"].to_string();

    // With the window closed it runs by the tray's word, and another one by its time.
    let mut app = desktop.open_app(&[]);
    wait_for("the window is there", || desktop.windows().contains("Legible").then_some(()));
    desktop.tool("wmctrl", &["-c", "Legible"]);
    wait_for("the web view is gone", || (desktop.web_processes() == 0).then_some(()));
    desktop.choose_in_tray(TITLE);
    wait_for("it ran", || (desktop.home.runs(&id, &["succeeded"]).len() == 1).then_some(()));
    std::fs::create_dir(desktop.home.path("texts")).unwrap();
    let export = ["export", "in", "1s", "--title", "Texts", "--folder", "texts"];
    let export = desktop.home.add_schedule(&export);
    wait_for("the texts are written", || {
        let texts = std::fs::read_dir(desktop.home.path("texts")).unwrap().flatten();
        (texts.filter(|file| file.path().extension().is_some_and(|ending| ending == "md")).count() == 2).then_some(())
    });
    wait_for("it ended", || (desktop.home.runs(&export, &["succeeded"]).len() == 1).then_some(()));

    // A reminder is told with the window closed, and is in the tray while it is due. A click on it opens the window.
    desktop.home.run(["remind", "add", "Water the plants", "in", "1s", "--note", "the big one"]).with(0);
    wait_for("the tray shows it", || desktop.tray()?.contains(&"Due: Water the plants".to_owned()).then_some(()));
    assert_eq!(desktop.web_processes(), 0, "nothing opened the window");
    let told = wait_for("it is told", || {
        Some(desktop.notifications()).filter(|told| told.iter().any(|one| one.starts_with("Water the plants")))
    });
    assert!(told.contains(&"Water the plants: the big one".to_owned()), "{told:?}");
    let told = wait_for("the schedule is told", || {
        Some(desktop.notifications()).filter(|told| told.iter().any(|one| one == "Texts: 2 texts written"))
    });
    assert!(!told.iter().any(|one| one.contains("No look-alikes")), "what found nothing is no news: {told:?}");
    desktop.choose_in_tray("Due: Water the plants");
    wait_for("the window is back", || desktop.windows().contains("Legible").then_some(()));
    desktop.choose_in_tray("Quit");
    assert_eq!(wait_for("the app ends", || app.try_wait().unwrap()).code(), Some(0));

    // Opened again, the window shows what happened meanwhile.
    let client = desktop.drive_app().await;
    count_until(&client, CARD, 2).await;
    click(&client, "[data-testid=nav-reminders]").await;
    text_until(&client, "[data-testid=reminder][data-standing=due]", |text| text.contains("the big one")).await;
    desktop.screenshot("reminders.png");
    click(&client, "[data-testid=reminder-done]").await;
    wait_for("it is done", || {
        desktop
            .home
            .run(["remind", "list"])
            .out
            .split('\t')
            .nth(1)
            .is_some_and(|when| when.starts_with("done"))
            .then_some(())
    });
    click(&client, "[data-testid=nav-schedules]").await;
    let row = format!("{ROW}[data-schedule='{id}']");
    text_until(&client, &row, |text| text.contains("Done") && text.contains("No look-alikes")).await;
    click(&client, &format!("{row} [title=History]")).await;
    count_until(&client, "[data-testid=schedule-history] tbody tr", 1).await;
    desktop.screenshot("schedule-history.png");
    click(&client, &format!("{row} [data-testid=schedule-run]")).await;
    count_until(&client, "[data-testid=schedule-history] tbody tr", 2).await;
    client.close().await.unwrap();
}

#[tokio::test]
async fn a_dark_and_a_narrow_window_show_all_of_the_schedules() {
    let _turn = crate::TURN.lock().await;
    let mut desktop = Desktop::start_dark();
    desktop.home.run(["run", "--until-idle"]).with(0);
    let client = desktop.drive_app().await;
    for (width, name) in [(1100, "dark"), (420, "narrow")] {
        desktop.resize(&client, width, 800).await;
        click(&client, "[data-testid=nav-schedules]").await;
        count_until(&client, ROW, 9).await;
        crate::everyday::fits(&client, &format!("schedules, {name}")).await;
        desktop.screenshot(&format!("schedules-{name}.png"));
        click(&client, &format!("{ROW}[data-schedule='1'] [data-testid=schedule-edit]")).await;
        count_until(&client, "[data-testid=next-runs] li", 5).await;
        crate::everyday::fits(&client, &format!("the editor, {name}")).await;
        desktop.screenshot(&format!("schedule-editor-{name}.png"));
        desktop.press(&client, "Escape").await;
        count_until(&client, "[data-testid=schedule-editor]", 0).await;
        click(&client, "[data-testid=nav-reminders]").await;
        crate::everyday::fits(&client, &format!("reminders, {name}")).await;
        desktop.screenshot(&format!("reminders-{name}.png"));
    }

    // A switch in the row is the schedule's.
    click(&client, "[data-testid=nav-schedules]").await;
    click(&client, &format!("{ROW}[data-schedule='1'] [role=switch]")).await;
    wait_for("it is off", || (desktop.home.schedule("1")["draft"]["enabled"] == false).then_some(()));
    client.close().await.unwrap();
}
