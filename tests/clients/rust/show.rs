//! What every program here does with an event, in place of something useful.
use std::time::{SystemTime, UNIX_EPOCH};

#[allow(dead_code)]
pub struct Event {
    pub kind: String,
    pub seq: Option<u64>,
}

/// Prints one line about an event, and returns it; of an empty one, an event without a type.
pub fn show(text: &str) -> Event {
    let json: serde_json::Value = if text.is_empty() { "".into() } else { serde_json::from_str(text).unwrap() };
    let event = Event { kind: json["type"].as_str().unwrap_or("").into(), seq: json["seq"].as_u64() };
    let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64;
    println!("{}", serde_json::json!({"type": event.kind, "seq": event.seq, "at": at}));
    event
}
