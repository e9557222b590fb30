/* OtlpExport: the collector of traces or of metrics that the environment names, as OpenTelemetry
 * defines. SIGNAL is TRACES or METRICS; a variable with it has precedence over the same one
 * without it.
 *
 *   OTEL_TRACES_EXPORTER, OTEL_METRICS_EXPORTER    must be "otlp"
 *   OTEL_EXPORTER_OTLP_SIGNAL_ENDPOINT     the URL; else /v1/traces or /v1/metrics is added to
 *   OTEL_EXPORTER_OTLP_ENDPOINT            (default http://localhost:4318)
 *   OTEL_EXPORTER_OTLP[_SIGNAL]_HEADERS    "key=value,key=value", percent-encoded
 *   OTEL_EXPORTER_OTLP[_SIGNAL]_TIMEOUT    milliseconds (default 10000)
 *   OTEL_EXPORTER_OTLP[_SIGNAL]_CERTIFICATE, …_CLIENT_CERTIFICATE, …_CLIENT_KEY    paths, PEM
 *   OTEL_EXPORTER_OTLP[_SIGNAL]_PROTOCOL   any but "grpc": bodies are JSON over HTTP
 *   OTEL_SDK_DISABLED                      "true": nothing is sent */
#pragma once

#include "io.h"

typedef enum OtlpSignal { OTLP_TRACES, OTLP_METRICS } OtlpSignal;

typedef struct OtlpExport {
    Str url; /* empty: nothing is sent */
    HttpHeaders headers;
    Str ca_certs, certificate, key; /* PEM; empty: none */
    int64_t timeout_ms;
    Str problem; /* a sentence: the setting that cannot be followed; then nothing is sent */
} OtlpExport;

typedef struct OtlpSending {
    int64_t timeout_ms; /* of an attempt, if less than that of the export */
    uint32_t retries;
    const CancelToken *cancel; /* NULL: none */
} OtlpSending;

/* Texts are those of the environment, or live in `arena`. */
OtlpExport otlp_export_open(const Io *io, OtlpSignal signal, Arena *arena);
/* Sends one body. Unless the collector accepts it, returns false after a line in the log; *problem
 * is the end of a sentence, in `arena`. */
bool otlp_export_post(const OtlpExport *export, const Io *io, Str body, const OtlpSending *sending,
                      Str *problem, Arena *arena);
/* The same, in at most two seconds. */
bool otlp_export_send(const OtlpExport *export, const Io *io, Str body);
/* Returns the URL without credentials and query, for messages. */
Str otlp_export_shown(const OtlpExport *export, Arena *arena);
