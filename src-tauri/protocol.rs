//! The `legible:` scheme, by which windows get pictures. The window: `thumbnail/ID` and `image/ID` of library items, nothing
//! else. An overlay of a display: `frozen/TOKEN`, what is on it, nothing else.

use crate::overlay::Overlays;
use crate::shell::Shell;
use crate::window::LABEL;
use legible_service::View;
use tauri::http::{Request, Response, StatusCode, header};
use tauri::{Manager, UriSchemeContext, UriSchemeResponder, Wry};

/// Answers one request for a picture.
pub fn serve(context: UriSchemeContext<'_, Wry>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let (view, item) = match parse(request.uri().path()) {
        Some(Asked::Item(view, item)) if context.webview_label() == LABEL => (view, item),
        Some(Asked::Frozen(token)) => {
            let picture = context.app_handle().state::<Overlays>().picture(context.webview_label(), &token);
            return responder
                .respond(picture.map_or_else(|| status(StatusCode::NOT_FOUND), |png| answer("image/png", png)));
        }
        _ => return responder.respond(status(StatusCode::NOT_FOUND)),
    };
    let service = context.app_handle().state::<Shell>().service().clone();
    tauri::async_runtime::spawn(async move {
        let response = match service.picture(item, view).await {
            // A rebuild may give an item's number to another one; asking again costs a read from the disk.
            Ok(picture) => answer(&picture.media_type, picture.bytes),
            Err(error) => {
                tracing::debug!(%error, item, "no picture");
                status(StatusCode::NOT_FOUND)
            }
        };
        responder.respond(response);
    });
}

fn answer(media_type: &str, bytes: Vec<u8>) -> Response<Vec<u8>> {
    Response::builder()
        .header(header::CONTENT_TYPE, media_type)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::CACHE_CONTROL, "no-cache")
        .body(bytes)
        .unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
}

fn status(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}

/// A picture that is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// Of an item.
    Item(View, i64),
    /// Of a display, by its token.
    Frozen(String),
}

/// Understands `/thumbnail/7`, `/image/7` and `/frozen/TOKEN`; the web view writes the second slash as `%2F`.
fn parse(path: &str) -> Option<Asked> {
    let path = path.strip_prefix('/')?.replace("%2F", "/");
    let (view, which) = path.split_once('/')?;
    Some(match view {
        "thumbnail" => Asked::Item(View::Thumbnail, which.parse().ok()?),
        "image" => Asked::Item(View::Whole, which.parse().ok()?),
        "frozen" if !which.contains('/') => Asked::Frozen(which.to_owned()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_of_items_have_an_address() {
        let check = |path: &str, expected| assert_eq!(parse(path), expected, "{path}");
        check("/thumbnail/7", Some(Asked::Item(View::Thumbnail, 7)));
        check("/image%2F12", Some(Asked::Item(View::Whole, 12)));
        check("/frozen%2F0a1b", Some(Asked::Frozen("0a1b".into())));
        for bad in [
            "",
            "/",
            "/image",
            "/image/",
            "/image/../7",
            "/image/7/8",
            "/frozen/a/b",
            "/file/etc/passwd",
            "/thumbnail/x",
        ] {
            check(bad, None);
        }
    }
}
