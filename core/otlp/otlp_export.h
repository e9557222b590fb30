/* OtlpExport: the collector of traces that the environment names, as OpenTelemetry defines:
 *
 *   OTEL_TRACES_EXPORTER                   must be "otlp"
 *   OTEL_EXPORTER_OTLP_TRACES_ENDPOINT     the URL; else /v1/traces is added to
 *   OTEL_EXPORTER_OTLP_ENDPOINT
 *   OTEL_EXPORTER_OTLP_TRACES_HEADERS      "key=value,key=value", percent-encoded; else
 *   OTEL_EXPORTER_OTLP_HEADERS
 *   OTEL_SDK_DISABLED                      "true": nothing is sent
 *
 * Bodies are JSON over HTTP, whatever OTEL_EXPORTER_OTLP_PROTOCOL is. */
#pragma once

#include "io.h"

typedef struct OtlpExport {
    Str url; /* empty: nothing is sent */
    HttpHeaders headers;
} OtlpExport;

/* Texts are those of the environment, or live in `arena`. */
OtlpExport otlp_export_open(const Io *io, Arena *arena);
/* Sends one body, in at most two seconds. Returns false, after a line in the log, if the collector
 * has not accepted it. */
bool otlp_export_send(const OtlpExport *export, const Io *io, Str body);
