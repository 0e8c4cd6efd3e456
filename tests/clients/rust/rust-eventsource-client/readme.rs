use eventsource_client::{Client, ClientBuilder, SSE};
use futures::TryStreamExt;
use launchdarkly_sdk_transport::HyperTransport;
use std::time::Duration;

#[path = "../show.rs"]
mod show;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let transport = HyperTransport::builder()
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(Duration::from_secs(30))
        .build_http()?;
    let client = ClientBuilder::for_url(&std::env::args().nth(1).unwrap())?.build_with_transport(transport);
    let mut stream = client.stream();
    while let Some(event) = stream.try_next().await? {
        if let SSE::Event(event) = event {
            if show::show(&event.data).kind == "ended" {
                break;
            }
        }
    }
    Ok(())
}
