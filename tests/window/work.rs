//! Work of several steps, asked for in the activity view: it is said in words, done in its order, and taken back.

use crate::desktop::{Desktop, choose, click, count_until, text_until};
use crate::everyday::fits;

#[tokio::test]
async fn work_of_two_steps_is_asked_for_done_and_taken_back() {
    let _turn = crate::TURN.lock().await;
    let mut desktop = Desktop::start();
    let client = desktop.drive_app().await;
    click(&client, "[data-testid=nav-activity]").await;

    click(&client, "[data-testid=work-new]").await;
    count_until(&client, "[data-testid=work-step]", 1).await;
    choose(&client, "work-add-step", "tidy").await;
    count_until(&client, "[data-testid=work-step]", 2).await;
    let words = text_until(&client, "[data-testid=work-words]", |text| text.contains("then")).await;
    fits(&client, "the work editor").await;
    desktop.screenshot("work-editor.png");
    click(&client, "[data-testid=work-start]").await;
    count_until(&client, "[data-testid=work-editor]", 0).await;
    desktop.home.settle();
    let done = desktop.home.jobs(&["succeeded"]);
    assert_eq!(done.len(), 2, "{words}: {done:?}");
    // The newest is first: it waited for the other.
    assert!(done[0]["started_at"].as_i64() >= done[1]["finished_at"].as_i64(), "{done:?}");

    // What waits can be taken back by the button of its toast.
    desktop.home.run(["pause"]).with(0);
    click(&client, "[data-testid=work-new]").await;
    click(&client, "[data-testid=work-start]").await;
    text_until(&client, "[data-testid=toast]:last-child", |text| text.contains("1 job added")).await;
    click(&client, "[data-testid=toast]:last-child .act").await;
    count_until(&client, "[data-testid=job][data-state=cancelled]", 1).await;
    assert_eq!(desktop.home.jobs(&["cancelled"]).len(), 1);
    client.close().await.unwrap();
}
