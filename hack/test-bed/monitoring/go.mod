// The CRDs of Prometheus Operator, so that what the chart gives it is checked against the real schemas; nothing of it runs.
module swarm.mlops.dev/test-bed/monitoring

go 1.26.0

require github.com/prometheus-operator/prometheus-operator v0.85.0
