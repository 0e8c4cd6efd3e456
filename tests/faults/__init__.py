"""Runs the whole product on three real Kafka brokers, makes something fail on purpose, and judges what happened by a ledger."""
