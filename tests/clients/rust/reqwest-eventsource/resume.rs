use futures::StreamExt;
use reqwest_eventsource::{Event, EventSource};

#[path = "../show.rs"]
mod show;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut source = EventSource::get(std::env::args().nth(1).unwrap());
    // It comes back by itself. After an error at which it does not, an unknown task for example, the loop ends.
    while let Some(event) = source.next().await {
        match event {
            Ok(Event::Open) => (),
            Ok(Event::Message(message)) => {
                if show::show(&message.data).kind == "ended" {
                    source.close();
                }
            }
            Err(error) => eprintln!("{error}"),
        }
    }
}
