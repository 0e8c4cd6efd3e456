"""The whole product on three real Kafka brokers while something is broken on purpose, and a ledger of what came of it."""
