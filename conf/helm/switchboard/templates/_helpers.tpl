{{- define "switchboard.name" -}}
{{- if contains "switchboard" .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-switchboard" .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "switchboard.selector" -}}
app.kubernetes.io/name: switchboard
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "switchboard.labels" -}}
{{ include "switchboard.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "switchboard.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "switchboard.config" -}}
{{- $stopping := dict "http" (dict "drainTimeout" (printf "%ds" (int .Values.stopping.drainTimeoutSeconds))) -}}
{{- $ports := dict "http" (dict "host" "0.0.0.0" "port" 8080) "management" (dict "host" "0.0.0.0" "port" 8090) -}}
{{- mustMergeOverwrite (deepCopy .Values.config) $stopping $ports | mustToPrettyJson -}}
{{- end -}}

{{- define "switchboard.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "switchboard.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: ["ALL"]
{{- end -}}

{{- define "switchboard.environment" -}}
{{- range $variable, $key := .Values.secrets.keys }}
- name: {{ $variable }}_FILE
  value: /etc/switchboard/secrets/{{ $key }}
{{- end }}
{{- with .Values.javaOptions }}
- name: JDK_JAVA_OPTIONS
  value: {{ . | quote }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* Absent after an upgrade with --reuse-values from a chart without them. */ -}}
{{- define "switchboard.tracing" -}}
{{- $tracing := .Values.tracing | default dict -}}
{{- $headers := $tracing.headers | default dict -}}
{{- if $tracing.endpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ $tracing.endpoint | quote }}
{{- if $headers.secret }}
- name: OTEL_EXPORTER_OTLP_HEADERS
  valueFrom:
    secretKeyRef:
      name: {{ $headers.secret }}
      key: {{ $headers.key | default "otlp-headers" }}
{{- end }}
{{- range $variable, $value := $tracing.variables }}
- name: {{ $variable }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "switchboard.mounts" -}}
- name: config
  mountPath: /etc/switchboard/switchboard.json
  subPath: switchboard.json
  readOnly: true
- name: secrets
  mountPath: /etc/switchboard/secrets
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- end -}}

{{- define "switchboard.volumes" -}}
- name: config
  configMap:
    name: {{ .config }}
- name: secrets
  secret:
    secretName: {{ .root.Values.secrets.name }}
    defaultMode: 0440
- name: tmp
  emptyDir: {}
{{- end -}}
