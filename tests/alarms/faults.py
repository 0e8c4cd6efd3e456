"""An hour of a healthy system, and for each alarm what another hour looks like: name with labels -> values, a minute apart
(`0+5x60`: 5 more each minute). What a fault does not name is as in the healthy hour."""

GATEWAY = 'job="streamdemo-gateway",instance="gateway:8081"'
PROCESSOR = 'job="streamdemo-processor",instance="processor:8081"'
ALONE = 'job="streamdemo",instance="alone:8081"'
STRANGER = 'job="node",instance="node:9100"'
MIB = 2**20


def g(name, *labels):
    return f"{name}{{{','.join([*labels, GATEWAY])}}}"


def p(name, *labels):
    return f"{name}{{{','.join([*labels, PROCESSOR])}}}"


def a(name, *labels):
    return f"{name}{{{','.join([*labels, ALONE])}}}"


def limit(of, setting, value):
    return {of("streamdemo_limit", f'setting="{setting}"'): f"{value}+0x60"}


def submit_seconds(slowest):
    """600 observations a minute, all just below that bound."""
    return histogram(g, "streamdemo_submit_seconds", (0.0025, 0.025, 0.5, 2.5, 5), slowest)


def journal_seconds(slowest):
    return histogram(a, "streamdemo_journal_write_seconds", (0.001, 0.003, 0.1, 0.3), slowest)


def delivery_seconds(slowest):
    return histogram(g, "streamdemo_delivery_lag_seconds", (0.001, 0.01, 1, 2.5, 60), slowest)


def histogram(of, name, bounds, slowest):
    return {of(f"{name}_bucket", f'le="{b}"'): "0+600x60" if b >= slowest else "0+0x60" for b in bounds} | {
        of(f"{name}_bucket", 'le="+Inf"'): "0+600x60"}


UNUSED = "streamdemo_response_records_unused_total"
SUBMISSIONS = "streamdemo_submissions_total"

HEALTHY = {
    **{of("up"): "1+0x60" for of in (g, p, a)},
    **{of("streamdemo_ready"): "1+0x60" for of in (g, p, a)},
    **{of("process_start_time_seconds"): "1000+0x60" for of in (g, p, a)},
    **{of("process_open_fds"): "500+0x60" for of in (g, p, a)},
    **{of("process_max_fds"): "20000+0x60" for of in (g, p, a)},
    **limit(g, "gateway.max_tasks", 10000), **limit(g, "results.max_bytes", 256 * MIB), **limit(g, "gateway.max_buffer_bytes", 64 * MIB),
    **limit(p, "processor.max_gap", 1000000), **limit(p, "processor.max_held_bytes", 64 * MIB), **limit(p, "processor.max_remembered_bytes", 64 * MIB),
    **limit(g, "artifacts.max_bytes", 1000 * MIB), **limit(p, "artifacts.max_bytes", 1000 * MIB),
    **limit(a, "inprocess.max_disk_bytes", 1000 * MIB),
    # Ten tasks a second. Some submissions are repeated, some are somebody's mistake.
    g(SUBMISSIONS, 'result="accepted"'): "0+600x60",
    g(SUBMISSIONS, 'result="repeated"'): "0+6x60",
    g(SUBMISSIONS, 'result="conflict"'): "0+1x60",
    g(SUBMISSIONS, 'result="too large"'): "0+1x60",
    g(SUBMISSIONS, 'result="quota"'): "0+1x60",
    g(SUBMISSIONS, 'result="full"'): "0+0x60",
    g(SUBMISSIONS, 'result="unavailable"'): "0+0x60",
    **submit_seconds(0.025),
    g("streamdemo_tasks_open"): "40 60 30 50 45 55 40+0x60",
    g("streamdemo_tasks_oldest_waiting_seconds", 'kind="simulate"'): "0 2 5 1 0 3 1+0x60",
    g("streamdemo_kafka_unacknowledged_records", 'client="producer"'): "3+0x60",  # always some: it is busy
    g("streamdemo_kafka_lag_records", 'client="reader"', 'topic="response"'): "0 5000 20 100 0 3 0+0x60",
    p("streamdemo_kafka_unacknowledged_records", 'client="producer"'): "2+0x60",
    p("streamdemo_kafka_lag_records", 'client="member"', 'topic="request"'): "0 5 0 1 0+0x60",
    p("streamdemo_processor_runs_total", 'end="succeeded"'): "0+600x60",
    p("streamdemo_processor_runs_total", 'end="released"'): "0+0x60",
    p("streamdemo_processor_tasks_queued"): "0 3 " * 30,
    p("streamdemo_processor_held_bytes"): f"{MIB}+0x60",
    p("streamdemo_processor_waits_alone"): "0x20 1x5 0x35",
    p("streamdemo_processor_gap"): "0+20x60",
    p("streamdemo_processor_remembered_bytes"): f"{40 * MIB}+0x60",
    p("streamdemo_processor_dead_letters_total"): "0+0x60",
    p("streamdemo_processor_positions_lost_total"): "0+0x60",
    p("streamdemo_processor_unreadable_records_total"): "0+0x60",
    p("streamdemo_processor_misplaced_records_total"): "0+0x60",
    g(UNUSED, 'why="ignored"'): "0+3x60",
    g(UNUSED, 'why="unreadable"'): "0+0x60",
    g(UNUSED, 'why="misplaced"'): "0+0x60",
    g("streamdemo_response_rule_breaks_total"): "0+0x60",
    g("streamdemo_history_events_dropped_total"): "0+0x60",
    g("streamdemo_history_remembered_bytes"): f"{60 * MIB}+0x60",
    g("streamdemo_history_disk_works"): "1+0x60",
    g("streamdemo_history_disk_errors_total", 'what="read"'): "0+0x60",
    g("streamdemo_history_disk_errors_total", 'what="write"'): "0+0x60",
    g("streamdemo_history_disk_waiting_events"): "0 4000 0 20 0+0x60",
    g("streamdemo_history_disk_reads_total"): "0+60x60",
    g("streamdemo_artifacts_removed_total", 'reason="expired"'): "0+10x60",
    g("streamdemo_artifacts_removed_total", 'reason="overflow"'): "0+0x60",
    g("streamdemo_artifacts_input_bytes"): f"{300 * MIB}+0x60",
    g("streamdemo_bucket_requests_total", 'outcome="answered"'): "0+100x60",
    g("streamdemo_bucket_requests_total", 'outcome="failed"'): "0+0x60",
    g("streamdemo_http_refused_total", 'server="gateway"'): "0+0x60",
    g("streamdemo_http_refused_total", 'server="management"'): "0+0x60",
    g("streamdemo_http_buffers_refused_total"): "0+0x60",
    g("streamdemo_http_buffer_bytes"): f"{2 * MIB} {60 * MIB} {MIB} {MIB}+0x60",
    g("streamdemo_http_stream_timeouts_total", 'server="gateway"'): "0+1x60",  # a telephone in a tunnel
    g("streamdemo_auth_keys_age_seconds", 'issuer="main"'): "0 60 120 180 240 300 " * 10,
    g("streamdemo_auth_tokens_refused_total", 'reason="expired"'): "0+60x60",
    g("streamdemo_auth_tokens_refused_total", 'reason="audience"'): "0+1x60",
    g("streamdemo_refused_total", 'reason="unauthenticated"'): "0+6x60",
    g("streamdemo_refused_total", 'reason="quota"'): "0+1x60",
    g("streamdemo_trace_spans_dropped_total", 'reason="queue_full"'): "0+0x60",
    g("streamdemo_trace_spans_dropped_total", 'reason="not_taken"'): "0+0x60",
    a("streamdemo_journal_errors_total"): "0+0x60",
    a("streamdemo_journal_damaged"): "0+0x60",
    a("streamdemo_journal_bytes"): f"{500 * MIB}+0x60",
    **journal_seconds(0.003),
    **delivery_seconds(0.01),
    # Another program of the same Prometheus: none of this is ours.
    f"up{{{STRANGER}}}": "0+0x60",
    f"process_open_fds{{{STRANGER}}}": "1000+0x60",
    f"process_max_fds{{{STRANGER}}}": "1000+0x60",
    f"process_start_time_seconds{{{STRANGER}}}": "0+60x60",
}

# What happens in a healthy system, too, and must wake nobody.
QUIET = {
    "a rolling restart": {
        g("streamdemo_ready"): "1x49 0 0 1x10", p("streamdemo_ready"): "1x49 0 0 1x10",
        g("process_start_time_seconds"): "1000x51 4000x9", p("process_start_time_seconds"): "1000x51 4000x9",
        p("streamdemo_processor_runs_total", 'end="released"'): "0x49 3 3 0x10",
    },
    "a receiver of traces that restarts": {
        g("streamdemo_trace_spans_dropped_total", 'reason="queue_full"'): "0x44 900x16",
    },
    "one burst of refusals, over since": {
        g(SUBMISSIONS, 'result="full"'): "0x44 20x16",
        g("streamdemo_http_refused_total", 'server="gateway"'): "0x44 20x16",
    },
    "a night without tasks": {
        g(SUBMISSIONS, 'result="accepted"'): "7000+0x60", p("streamdemo_processor_runs_total", 'end="succeeded"'): "7000+0x60",
        g("streamdemo_kafka_unacknowledged_records", 'client="producer"'): "0+0x60",
        p("streamdemo_kafka_unacknowledged_records", 'client="producer"'): "0+0x60",
        p("streamdemo_processor_tasks_queued"): "0+0x60",
    },
    "no place for histories on disk": {
        g(name): "_x60" for name in ("streamdemo_history_disk_works", "streamdemo_history_disk_waiting_events", "streamdemo_history_disk_reads_total")
    },
}

# One or more hours for each alarm: it fires, and no other.
FAULTS = {
    "StreamdemoDown": [{g("up"): "1x50 0x10"}],
    "StreamdemoNotReady": [{p("streamdemo_ready"): "1x45 0x15"}],
    "StreamdemoRestarts": [{p("process_start_time_seconds"): "1000x40 3400x5 3700x5 4000x10"}],
    "StreamdemoSubmissionsFail": [{g(SUBMISSIONS, 'result="full"'): "0x40 0+1x20"}, {g(SUBMISSIONS, 'result="unavailable"'): "0x40 0+60x20"}],
    "StreamdemoSubmitSlow": [submit_seconds(5)],
    "StreamdemoTasksFull": [{g("streamdemo_tasks_open"): "8500+0x60"}],
    "StreamdemoTasksWait": [{g("streamdemo_tasks_oldest_waiting_seconds", 'kind="simulate"'): "0x45 60+60x15"}],
    "StreamdemoKafkaUnacknowledged": [
        {g(SUBMISSIONS, 'result="accepted"'): "0+600x45 27000+0x15"},
        {p("streamdemo_processor_runs_total", 'end="succeeded"'): "0+600x45 27000+0x15"}],
    "StreamdemoKafkaLag": [{g("streamdemo_kafka_lag_records", 'client="reader"', 'topic="response"'): "0+500x60"}],
    "StreamdemoJournalFails": [{a("streamdemo_journal_errors_total"): "0x50 0+120x10"}],
    "StreamdemoJournalDamaged": [{a("streamdemo_journal_damaged"): "0x40 1x20"}],
    "StreamdemoJournalFull": [{a("streamdemo_journal_bytes"): f"{900 * MIB}+0x60"}],
    "StreamdemoJournalSlow": [journal_seconds(0.3)],
    "StreamdemoProcessorBusy": [{p("streamdemo_processor_tasks_queued"): "7+0x60"}],
    "StreamdemoProcessorWaitsAlone": [{p("streamdemo_processor_waits_alone"): "0x20 1x40"}],
    "StreamdemoProcessorGap": [{p("streamdemo_processor_gap"): "0+20000x60"}],
    "StreamdemoProcessorHolds": [{p("streamdemo_processor_held_bytes"): f"{64 * MIB}+0x60"}],
    "StreamdemoProcessorRemembers": [{p("streamdemo_processor_remembered_bytes"): f"{65 * MIB}+0x60"}],
    "StreamdemoDeadLetters": [{p("streamdemo_processor_dead_letters_total"): "0x50 1x10"}],
    "StreamdemoRunsReleased": [{p("streamdemo_processor_runs_total", 'end="released"'): "0x40 0+1x20"}],
    "StreamdemoPositionsLost": [{p("streamdemo_processor_positions_lost_total"): "0x50 1x10"}],
    "StreamdemoForeignRecords": [
        {p("streamdemo_processor_unreadable_records_total"): "0x50 1x10"}, {p("streamdemo_processor_misplaced_records_total"): "0x50 1x10"},
        {g(UNUSED, 'why="unreadable"'): "0x50 1x10"}, {g(UNUSED, 'why="misplaced"'): "0x50 1x10"},
        {g("streamdemo_response_rule_breaks_total"): "0x50 1x10"}],
    "StreamdemoTracesDropped": [
        {g("streamdemo_trace_spans_dropped_total", f'reason="{reason}"'): "0x30 0+100x30"} for reason in ("queue_full", "not_taken")],
    "StreamdemoEventsDropped": [{g("streamdemo_history_events_dropped_total"): "0x50 7x10"}],
    "StreamdemoHistoriesFull": [{g("streamdemo_history_remembered_bytes"): f"{120 * MIB}+0x60"}],
    "StreamdemoHistoryDiskFails": [
        {g("streamdemo_history_disk_works"): "1x50 0x10"}, {g("streamdemo_history_disk_errors_total", 'what="read"'): "0x50 0+1x10"},
        {g("streamdemo_history_disk_errors_total", 'what="write"'): "0x50 0+1x10"}],
    "StreamdemoHistoryDiskSlow": [{g("streamdemo_history_disk_waiting_events"): "5000+0x60"}],
    "StreamdemoHistoryDiskReads": [{g("streamdemo_history_disk_reads_total"): "0+12000x60"}],
    "StreamdemoArtifactsOverflow": [{g("streamdemo_artifacts_removed_total", 'reason="overflow"'): "0x50 1x10"}],
    "StreamdemoUploadsFull": [{g("streamdemo_artifacts_input_bytes"): f"{700 * MIB}+0x60"}],
    "StreamdemoBucketFails": [{g("streamdemo_bucket_requests_total", 'outcome="failed"'): "0x40 0+1x20"}],
    "StreamdemoConnectionsRefused": [{g("streamdemo_http_refused_total", 'server="gateway"'): "0x40 0+1x20"}, {g("process_open_fds"): "19000+0x60"}],
    "StreamdemoBuffersFull": [{g("streamdemo_http_buffers_refused_total"): "0x40 0+1x20"}, {g("streamdemo_http_buffer_bytes"): f"{63 * MIB}+0x60"}],
    "StreamdemoEventsLate": [delivery_seconds(2.5)],
    "StreamdemoStreamTimeouts": [{g("streamdemo_http_stream_timeouts_total", 'server="gateway"'): "0+60x60"}],
    "StreamdemoKeysOld": [{g("streamdemo_auth_keys_age_seconds", 'issuer="main"'): "0+60x60"}],
    "StreamdemoTokensRefused": [{g("streamdemo_auth_tokens_refused_total", 'reason="audience"'): "0+60x60"}],
    "StreamdemoRefused": [{g("streamdemo_refused_total", 'reason="unauthenticated"'): "0+600x60"}],
}
