"""Alarms and the dashboard: docker/prometheus and docker/grafana, against Prometheus' own tool and real processes.

  rules_test      each alarm fires on its fault and on nothing else, and docs/operations.md says what to do
  dashboard_test  what Grafana needs to show the dashboard
  series_test     every series that an alarm or the dashboard names is in /metrics of a real process
  kafka_test      the same for those of gateways and processors on brokers"""
