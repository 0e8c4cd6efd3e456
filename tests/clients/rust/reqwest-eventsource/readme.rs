use futures::StreamExt;
use reqwest_eventsource::{Event, EventSource};

#[path = "../show.rs"]
mod show;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut source = EventSource::get(std::env::args().nth(1).unwrap());
    while let Some(event) = source.next().await {
        match event {
            Ok(Event::Open) => (),
            Ok(Event::Message(message)) => {
                if show::show(&message.data).kind == "ended" {
                    source.close();
                }
            }
            Err(error) => {
                eprintln!("Error: {error}");
                source.close();
            }
        }
    }
}
