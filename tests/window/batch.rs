//! A batch in the activity view: its progress, its end by the person's hand, and a second try.

use crate::desktop::{Desktop, click, count_until, text_until};
use crate::program::draw::{png, table};

const GROUP: &str = "[data-testid=group]";
const IMAGES: usize = 8;

#[tokio::test]
async fn a_running_batch_shows_its_progress_is_cancelled_and_tried_again() {
    let _turn = crate::TURN.lock().await;
    let mut desktop = Desktop::start();
    let client = desktop.drive_app().await;
    text_until(&client, "[data-testid=empty]", |text| !text.is_empty()).await;
    for index in 0..IMAGES {
        // Long enough to read that the batch is still under way when Cancel is pressed.
        desktop.home.write(&format!("batch/{index}.png"), png(&table(6 + index as u32, 12)));
    }
    desktop.drop_files(&[desktop.home.path("batch")]);

    // The folder is one group, with a bar and the images that are being read.
    click(&client, "[data-testid=nav-activity]").await;
    count_until(&client, &format!("{GROUP}[data-open=true] [role=progressbar]"), 1).await;
    text_until(&client, "[data-testid=job][data-state=running]", |text| text.contains("reading")).await;
    desktop.screenshot("batch.png");

    // Cancel ends what waits and what runs; nothing failed, and the images stay.
    click(&client, &format!("{GROUP} [data-testid=cancel-group]")).await;
    count_until(&client, &format!("{GROUP}[data-open=false]"), 1).await;
    text_until(&client, GROUP, |text| text.to_lowercase().contains("cancelled")).await;
    desktop.home.settle();
    assert_eq!(desktop.home.jobs(&["failed"]).len(), 0);
    let cancelled = desktop.home.jobs(&["cancelled"]).len();
    assert!(cancelled > 0, "the cancel came in the middle of the batch");

    // What was cancelled can be tried again, one by one.
    click(&client, "[data-testid=job][data-state=cancelled] [data-testid=job-retry]").await;
    desktop.home.settle();
    assert_eq!(desktop.home.jobs(&["cancelled"]).len(), cancelled - 1);
    client.close().await.unwrap();
}
