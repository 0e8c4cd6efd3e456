use futures::StreamExt;
use std::time::Duration;
use tokio_tungstenite::connect_async;

#[path = "../show.rs"]
mod show;

/// Shows what is behind the cursor, moves it on, and says whether that was all.
async fn read(url: &str, last: &mut u64) -> Result<bool, tokio_tungstenite::tungstenite::Error> {
    let (mut socket, _) = connect_async(format!("{url}?after={last}")).await?;
    while let Some(message) = socket.next().await {
        let message = message?;
        if message.is_text() {
            let event = show::show(message.to_text()?);
            *last = event.seq.unwrap_or(*last);
            if event.kind == "ended" {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (url, mut last) = (std::env::args().nth(1).unwrap(), 0);
    loop {
        match read(&url, &mut last).await {
            Ok(true) => return,
            Ok(false) => (), // the server restarts: a close is no error
            Err(error) => eprintln!("{error}"),
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}
