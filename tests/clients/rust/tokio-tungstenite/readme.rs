use futures::StreamExt;
use tokio_tungstenite::connect_async;

#[path = "../show.rs"]
mod show;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut socket, _) = connect_async(std::env::args().nth(1).unwrap()).await?;
    while let Some(message) = socket.next().await {
        let message = message?;
        if message.is_text() {
            show::show(message.to_text()?);
        }
    }
    Ok(())
}
