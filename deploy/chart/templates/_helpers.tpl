{{- define "streamdemo.name" -}}
{{- if contains "streamdemo" .Release.Name -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{- else -}}{{ printf "%s-streamdemo" (.Release.Name | trunc 29 | trimSuffix "-") }}{{- end -}}
{{- end -}}

{{- define "streamdemo.selector" -}}
app.kubernetes.io/name: streamdemo
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end -}}

{{- define "streamdemo.labels" -}}
{{ include "streamdemo.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end -}}

{{/* The variable of a setting: results.keep_for_ms -> STREAMDEMO_RESULTS_KEEP_FOR_MS */}}
{{- define "streamdemo.variable" -}}
STREAMDEMO_{{ . | replace "." "_" | replace "-" "_" | upper }}
{{- end -}}

{{/* A number as it is written: YAML makes 10737418240 a float, which would be printed as 1.073741824e+10. */}}
{{- define "streamdemo.value" -}}
{{- if kindIs "float64" . }}{{ if eq . (floor .) }}{{ printf "%.0f" . }}{{ else }}{{ . }}{{ end }}{{ else }}{{ . }}{{ end -}}
{{- end -}}

{{/* The port of an address, as a network policy names it. */}}
{{- define "streamdemo.portOf" -}}
{{- $host := (urlParse .).host -}}
{{- if contains ":" $host }}{{ last (splitList ":" $host) }}{{ else if hasPrefix "http://" . }}80{{ else }}443{{ end -}}
{{- end -}}

{{- define "streamdemo.env" -}}
{{- $v := .root.Values -}}
- {name: STREAMDEMO_ROLE, value: {{ .role }}}
- {name: STREAMDEMO_BUS, value: kafka}
- name: STREAMDEMO_INSTANCE_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- {name: STREAMDEMO_MANAGEMENT_LISTEN, value: 0.0.0.0}
- {name: STREAMDEMO_MANAGEMENT_PORT, value: {{ .of.managementPort | quote }}}
- {name: STREAMDEMO_KAFKA_BROKERS, value: {{ join "," $v.kafka.brokers | quote }}}
{{- range $name, $value := $v.kafka.properties }}
- {name: STREAMDEMO_KAFKA_PROPERTIES_{{ $name | replace "." "_" | upper }}, value: {{ $value | quote }}}
{{- end }}
{{- range $v.kafka.secretProperties }}
- name: STREAMDEMO_KAFKA_PROPERTIES_{{ .property | replace "." "_" | upper }}
  valueFrom: {secretKeyRef: {name: {{ .secret }}, key: {{ .key }}}}
{{- end }}
{{- if ($v.kafka.caSecret).name }}
- {name: STREAMDEMO_KAFKA_PROPERTIES_SSL_CA_LOCATION, value: /etc/streamdemo/kafka/{{ $v.kafka.caSecret.key }}}
{{- end }}
- {name: STREAMDEMO_TOPICS_REQUEST, value: {{ $v.topics.request | quote }}}
- {name: STREAMDEMO_TOPICS_RESPONSE, value: {{ $v.topics.response | quote }}}
- {name: STREAMDEMO_TOPICS_DEAD_LETTER, value: {{ $v.topics.deadLetter | quote }}}
- {name: STREAMDEMO_TOPICS_GROUP, value: {{ $v.topics.group | quote }}}
- {name: STREAMDEMO_TOPICS_PARTITIONS, value: {{ $v.topics.partitions | quote }}}
- {name: STREAMDEMO_TOPICS_REPLICATION, value: {{ $v.topics.replication | quote }}}
{{- if eq $v.artifacts.store "s3" }}
- {name: STREAMDEMO_ARTIFACTS_STORE, value: s3}
- {name: STREAMDEMO_ARTIFACTS_SERVE, value: {{ $v.artifacts.s3.serve }}}
{{- range $setting, $value := dict "endpoint" $v.artifacts.s3.endpoint "public_endpoint" $v.artifacts.s3.publicEndpoint "region" $v.artifacts.s3.region "prefix" $v.artifacts.s3.prefix }}
{{- with $value }}
- {name: STREAMDEMO_S3_{{ $setting | upper }}, value: {{ . | quote }}}
{{- end }}
{{- end }}
- {name: STREAMDEMO_S3_BUCKET, value: {{ required "artifacts.s3.bucket: files in a bucket need its name" $v.artifacts.s3.bucket | quote }}}
- {name: STREAMDEMO_S3_SCRATCH_DIRECTORY, value: /var/lib/streamdemo/artifacts/scratch}
{{- if ($v.artifacts.s3.caSecret).name }}
- {name: STREAMDEMO_S3_CA_FILE, value: /etc/streamdemo/bucket/{{ $v.artifacts.s3.caSecret.key }}}
{{- end }}
- {name: STREAMDEMO_S3_MAX_SCRATCH_BYTES, value: {{ include "streamdemo.value" $v.artifacts.s3.maxScratchBytes | quote }}}
{{- if and $v.artifacts.s3.keySecret.name ($v.artifacts.s3.credentialsSecret).name }}
{{- fail "artifacts.s3: keySecret or credentialsSecret, not both" }}
{{- end }}
{{- if ($v.artifacts.s3.credentialsSecret).name }}
- {name: STREAMDEMO_S3_CREDENTIALS_FILE, value: /etc/streamdemo/bucket-key/{{ $v.artifacts.s3.credentialsSecret.key }}}
{{- end }}
{{- with $v.artifacts.s3.keySecret }}
{{- if .name }}
- name: AWS_ACCESS_KEY_ID
  valueFrom: {secretKeyRef: {name: {{ .name }}, key: {{ .id }}}}
- name: AWS_SECRET_ACCESS_KEY
  valueFrom: {secretKeyRef: {name: {{ .name }}, key: {{ .secret }}}}
{{- end }}
{{- end }}
{{- else }}
- {name: STREAMDEMO_ARTIFACTS_DIRECTORY, value: /var/lib/streamdemo/artifacts}
{{- end }}
- {name: STREAMDEMO_ARTIFACTS_MAX_BYTES, value: {{ include "streamdemo.value" $v.artifacts.maxBytes | quote }}}
{{- if $v.managementToken.name }}
- {name: STREAMDEMO_MANAGEMENT_TOKEN_FILE, value: /etc/streamdemo/management/{{ $v.managementToken.key }}}
{{- end }}
{{- if $v.traces.endpoint }}
- {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ $v.traces.endpoint | quote }}}
- {name: OTEL_TRACES_SAMPLER, value: parentbased_traceidratio}
- {name: OTEL_TRACES_SAMPLER_ARG, value: {{ $v.traces.ratio | quote }}}
{{- if ($v.traces.caSecret).name }}
- {name: OTEL_EXPORTER_OTLP_CERTIFICATE, value: /etc/streamdemo/traces/{{ $v.traces.caSecret.key }}}
{{- end }}
{{- with $v.traces.headersSecret }}
{{- if .name }}
- name: OTEL_EXPORTER_OTLP_HEADERS
  valueFrom: {secretKeyRef: {name: {{ .name }}, key: {{ .key }}}}
{{- end }}
{{- end }}
{{- end }}
{{- range $settings := list $v.settings .of.settings }}
{{- range $name, $value := $settings }}
- {name: {{ include "streamdemo.variable" $name }}, value: {{ include "streamdemo.value" $value | quote }}}
{{- end }}
{{- end }}
{{- end -}}

{{- define "streamdemo.mounts" -}}
- {name: tmp, mountPath: /tmp}
- {name: artifacts, mountPath: /var/lib/streamdemo/artifacts}
- {name: config, mountPath: /etc/streamdemo/config, readOnly: true}
{{- if (.root.Values.kafka.caSecret).name }}
- {name: kafka, mountPath: /etc/streamdemo/kafka, readOnly: true}
{{- end }}
{{- if eq .root.Values.artifacts.store "s3" }}
{{- if (.root.Values.artifacts.s3.caSecret).name }}
- {name: bucket, mountPath: /etc/streamdemo/bucket, readOnly: true}
{{- end }}
{{- if (.root.Values.artifacts.s3.credentialsSecret).name }}
- {name: bucket-key, mountPath: /etc/streamdemo/bucket-key, readOnly: true}
{{- end }}
{{- end }}
{{- if and .root.Values.traces.endpoint (.root.Values.traces.caSecret).name }}
- {name: traces, mountPath: /etc/streamdemo/traces, readOnly: true}
{{- end }}
{{- if .root.Values.managementToken.name }}
- {name: management, mountPath: /etc/streamdemo/management, readOnly: true}
{{- end }}
{{- end -}}

{{- define "streamdemo.volumes" -}}
- {name: tmp, emptyDir: {}}
- name: artifacts
  {{- if eq .root.Values.artifacts.store "s3" }}
  {{- /* Twice the copies: clips that the bucket does not have yet lie there, too. */}}
  emptyDir: {sizeLimit: {{ printf "%.0f" (mulf .root.Values.artifacts.s3.maxScratchBytes 2) | quote }}}
  {{- else }}
  persistentVolumeClaim: {claimName: {{ .root.Values.artifacts.existingClaim | default (printf "%s-artifacts" (include "streamdemo.name" .root)) }}}
  {{- end }}
- name: config
  configMap: {name: {{ include "streamdemo.name" .root }}}
{{- with .root.Values.kafka.caSecret }}
{{- if .name }}
- name: kafka
  secret: {secretName: {{ .name }}, items: [{key: {{ .key }}, path: {{ .key }}}]}
{{- end }}
{{- end }}
{{- if eq .root.Values.artifacts.store "s3" }}
{{- with .root.Values.artifacts.s3.caSecret }}
{{- if .name }}
- name: bucket
  secret: {secretName: {{ .name }}, items: [{key: {{ .key }}, path: {{ .key }}}]}
{{- end }}
{{- end }}
{{- with .root.Values.artifacts.s3.credentialsSecret }}
{{- if .name }}
- name: bucket-key
  secret: {secretName: {{ .name }}, items: [{key: {{ .key }}, path: {{ .key }}}]}
{{- end }}
{{- end }}
{{- end }}
{{- if and .root.Values.traces.endpoint (.root.Values.traces.caSecret).name }}
{{- with .root.Values.traces.caSecret }}
- name: traces
  secret: {secretName: {{ .name }}, items: [{key: {{ .key }}, path: {{ .key }}}]}
{{- end }}
{{- end }}
{{- with .root.Values.managementToken }}
{{- if .name }}
- name: management
  secret: {secretName: {{ .name }}, items: [{key: {{ .key }}, path: {{ .key }}}]}
{{- end }}
{{- end }}
{{- end -}}

{{- define "streamdemo.container" -}}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
# Not the image's own start, which makes a first key: here keys are a secret.
command: [tini, --, streamdemo]
args: [--config=/etc/streamdemo/config/streamdemo.toml]
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
livenessProbe:
  httpGet: {path: /healthz, port: management}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /readyz, port: management}
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 1
resources: {{- toYaml .of.resources | nindent 2 }}
{{- end -}}

{{/* What all pods have. The grace is longer than what the process needs to drain: for a gateway five seconds in which everybody learns that
     it goes, and what it needs to close; for a processor the 22 s in which programs that do not end are ended and brokers that do not
     answer are given up. */}}
{{- define "streamdemo.pod" -}}
terminationGracePeriodSeconds: {{ add (ceil (divf .of.drainMs 1000)) .beyond }}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets: {{- range . }}
  - {name: {{ . }}}
{{- end }}
{{- end }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "streamdemo.selector" . | nindent 8 }}
{{- with .of.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .of.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
