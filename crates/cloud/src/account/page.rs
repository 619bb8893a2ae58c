//! The pages that a browser shows when it was sent back: they say what to do next, and hold nothing from elsewhere.

use crate::limits::SIGN_IN_REQUEST_WITHIN;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// The look of the pages: plain, light or dark as the system is.
const STYLE: &str = "\
:root{color-scheme:light dark;font:1.125rem/1.5 system-ui,sans-serif}\
body{max-width:32rem;margin:20vh auto 0;padding:0 1.5rem}\
h1{font-size:1.5rem;font-weight:600}";

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// The account can be used.
    SignedIn,
    /// The person said no.
    Denied,
    /// Something went wrong.
    Failed,
    /// The request had nothing to do with signing in.
    Foreign,
}

impl Page {
    /// The status, the heading, and what is below it. `{}` is the provider.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Page::SignedIn => {
                ("200 OK", "Signed in", "Legible can use {} now. Close this page and go back to Legible.")
            }
            Page::Denied => (
                "200 OK",
                "Not signed in",
                "Legible was not allowed to use {}, and nothing was changed. To try again, go back to Legible.",
            ),
            Page::Failed => {
                ("200 OK", "That did not work", "Close this page and go back to Legible: it says there what to do.")
            }
            Page::Foreign => (
                "404 Not Found",
                "Nothing to see here",
                "Legible waits here for {}. Sign in on its page, which Legible has opened for you.",
            ),
        }
    }

    /// The whole answer. It is not kept anywhere, and whoever comes next is not told the address, which has the code in it.
    fn answer(self, provider: &str) -> String {
        let (status, heading, text) = self.words();
        let text = text.replace("{}", &escaped(provider));
        let body = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{heading} – Legible</title>\
             <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"icon\" href=\"data:,\">\
             <style>{STYLE}</style><h1>{heading}</h1><p>{text}</p></html>\n"
        );
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
             Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n\
             Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'\
             \r\n\r\n{body}",
            body.len()
        )
    }

    /// Shows it. A browser that is gone misses nothing.
    pub async fn show(self, provider: &str, browser: &mut TcpStream) {
        let answer = self.answer(provider);
        let shown = async {
            browser.write_all(answer.as_bytes()).await?;
            browser.shutdown().await
        };
        let _ = tokio::time::timeout(SIGN_IN_REQUEST_WITHIN, shown).await;
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_hold_nothing_from_elsewhere() {
        for page in [Page::SignedIn, Page::Denied, Page::Failed, Page::Foreign] {
            let answer = page.answer("<b>Drive</b>");
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{head}");
            assert!(head.contains("no-store") && head.contains("no-referrer"), "{head}");
            assert!(body.contains("light dark") && body.contains("Legible"), "{body}");
            for unwanted in ["http:", "https:", "<b>", "<script", "{}"] {
                assert!(!body.contains(unwanted), "{unwanted} in {body}");
            }
        }
    }
}
