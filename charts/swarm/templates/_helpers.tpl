{{- define "swarm.name" -}}
{{ .Values.fullnameOverride | default "swarm-operator" | trunc 52 | trimSuffix "-" }}
{{- end }}

{{- define "swarm.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{ .Values.serviceAccount.name | default (include "swarm.name" .) }}
{{- else -}}
{{ .Values.serviceAccount.name | default "default" }}
{{- end -}}
{{- end }}

{{- define "swarm.selectorLabels" -}}
app.kubernetes.io/name: {{ include "swarm.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "swarm.labels" -}}
{{ include "swarm.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: swarm
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "swarm.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "swarm.replicas" -}}
{{- if .Values.ha.enabled }}{{ max 2 (int .Values.replicas) }}{{ else }}{{ .Values.replicas }}{{ end -}}
{{- end }}

{{- /* The namespace that is served; empty: all of them. */ -}}
{{- define "swarm.servedNamespace" -}}
{{- if .Values.rbac.namespaces }}{{ first .Values.rbac.namespaces }}{{ end -}}
{{- end }}

{{- /* Seconds of a duration such as 1h30m or 25s. */ -}}
{{- define "swarm.seconds" -}}
{{- $hours := regexFind "\\d+h" . | trimSuffix "h" | default "0" | int -}}
{{- $minutes := regexFind "\\d+m" . | trimSuffix "m" | default "0" | int -}}
{{- $seconds := regexFind "\\d+s" . | trimSuffix "s" | default "0" | int -}}
{{ add (mul 3600 $hours) (mul 60 $minutes) $seconds }}
{{- end }}
