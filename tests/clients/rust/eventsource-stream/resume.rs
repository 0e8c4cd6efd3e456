use eventsource_stream::Eventsource;
use futures::StreamExt;
use std::error::Error;
use std::time::Duration;

#[path = "../show.rs"]
mod show;

/// Shows what is behind the cursor, moves it on, and says whether that was all.
async fn read(client: &reqwest::Client, url: &str, last: &mut String) -> Result<bool, Box<dyn Error>> {
    let request = client.get(url).header("Accept", "text/event-stream").header("Last-Event-ID", last.as_str());
    let mut events = request.send().await?.error_for_status()?.bytes_stream().eventsource();
    while let Some(event) = events.next().await {
        let event = event?;
        if !event.id.is_empty() {
            *last = event.id;
        }
        if show::show(&event.data).kind == "ended" {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_final(error: &(dyn Error + 'static)) -> bool {
    let status = error.downcast_ref::<reqwest::Error>().and_then(|error| error.status());
    status.is_some_and(|status| status.is_client_error()) // a task that is not known, for example
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = reqwest::Client::new();
    let (url, mut last) = (std::env::args().nth(1).unwrap(), "0".to_string());
    loop {
        match read(&client, &url, &mut last).await {
            Ok(true) => return Ok(()),
            Ok(false) => (), // an end without `ended` may be a cut, too
            Err(error) if is_final(error.as_ref()) => return Err(error),
            Err(error) => eprintln!("{error}"),
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}
