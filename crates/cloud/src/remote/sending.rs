//! Bodies of requests that are sent a piece at a time, while their answer is waited for.

use super::wait::done;
use crate::Result;
use bytes::Bytes;
use futures_util::future::{Either, select};
use futures_util::stream;
use reqwest::{Body, RequestBuilder, Response};
use std::io;
use std::pin::pin;
use tokio::sync::mpsc;

/// How many pieces of a body wait to be sent.
const WAITING: usize = 2;

/// A body that is made of what is sent. It ends where the sender is dropped.
pub(super) fn pieces() -> (mpsc::Sender<io::Result<Bytes>>, Body) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let next = |mut receiver: mpsc::Receiver<io::Result<Bytes>>| async { Some((receiver.recv().await?, receiver)) };
    (sender, Body::wrap_stream(stream::unfold(receiver, next)))
}

/// The answer to a request whose body is `sending` meanwhile. It may come before all is sent, since who sends fails when the server takes
/// nothing any more; and it has its time from the last piece on.
///
/// # Errors
/// When it cannot be sent, or nothing comes for long.
pub(super) async fn answer_while(
    sending: impl Future<Output = Result<()>>,
    request: RequestBuilder,
) -> Result<reqwest::Result<Response>> {
    let (sending, answering) = (pin!(sending), pin!(request.send()));
    Ok(match select(sending, answering).await {
        Either::Left((sent, answering)) => {
            sent?;
            done(answering).await?
        }
        Either::Right((answer, _)) => answer,
    })
}
