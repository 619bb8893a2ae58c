//! The `legible:` scheme, by which the window gets pictures: `thumbnail/ID` and `image/ID` of library items, nothing else.

use crate::shell::Shell;
use legible_service::View;
use tauri::http::{Request, Response, StatusCode, header};
use tauri::{Manager, UriSchemeContext, UriSchemeResponder, Wry};

/// Answers one request for a picture.
pub fn serve(context: UriSchemeContext<'_, Wry>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let Some((view, item)) = parse(request.uri().path()) else {
        return responder.respond(status(StatusCode::NOT_FOUND));
    };
    let service = context.app_handle().state::<Shell>().service().clone();
    tauri::async_runtime::spawn(async move {
        let response = match service.picture(item, view).await {
            Ok(picture) => Response::builder()
                .header(header::CONTENT_TYPE, picture.media_type)
                .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
                // A rebuild may give an item's number to another one; asking again costs a read from the disk.
                .header(header::CACHE_CONTROL, "no-cache")
                .body(picture.bytes)
                .unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR)),
            Err(error) => {
                tracing::debug!(%error, item, "no picture");
                status(StatusCode::NOT_FOUND)
            }
        };
        responder.respond(response);
    });
}

fn status(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}

/// Understands `/thumbnail/7` and `/image/7`; the web view writes the second slash as `%2F`.
fn parse(path: &str) -> Option<(View, i64)> {
    let path = path.strip_prefix('/')?.replace("%2F", "/");
    let (view, item) = path.split_once('/')?;
    let view = match view {
        "thumbnail" => View::Thumbnail,
        "image" => View::Whole,
        _ => return None,
    };
    Some((view, item.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_of_items_have_an_address() {
        let check = |path: &str, expected| assert_eq!(parse(path), expected, "{path}");
        check("/thumbnail/7", Some((View::Thumbnail, 7)));
        check("/image%2F12", Some((View::Whole, 12)));
        for bad in ["", "/", "/image", "/image/", "/image/../7", "/image/7/8", "/file/etc/passwd", "/thumbnail/x"] {
            check(bad, None);
        }
    }
}
