use eventsource_stream::Eventsource;
use futures::StreamExt;

#[path = "../show.rs"]
mod show;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let response = reqwest::Client::new().get(std::env::args().nth(1).unwrap()).send().await?;
    let mut events = response.bytes_stream().eventsource();
    while let Some(event) = events.next().await {
        show::show(&event?.data);
    }
    Ok(())
}
