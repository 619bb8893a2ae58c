//! A picture taken with a camera: WebKit's own, which shows a test picture.

use crate::desktop::{CARD, Desktop, click, count_until};
use crate::keys::source;

#[tokio::test]
async fn a_picture_is_taken_and_becomes_an_item() {
    let _turn = crate::TURN.lock().await;
    let mut desktop = Desktop::start_with_cameras();
    let client = desktop.drive_app().await;
    click(&client, "[data-testid=nav-sources]").await;
    click(&client, "[data-testid=take-picture]").await;
    count_until(&client, "[data-testid=camera-stage][data-shows=live]", 1).await;
    click(&client, "[data-testid=camera-take]:enabled").await;
    count_until(&client, "[data-testid=camera-stage][data-shows=still]", 1).await;
    desktop.screenshot("camera.png");
    click(&client, "[data-testid=camera-use]").await;
    count_until(&client, "[data-testid=camera-stage]", 0).await;
    click(&client, "[data-testid=nav-library]").await;
    count_until(&client, CARD, 1).await;
    assert_eq!(source(&client, "camera").await["items"], 1);
    client.close().await.unwrap();
}
