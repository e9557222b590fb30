#include "otlp_export.h"

#include "http_send.h"
#include "log.h"
#include "url.h"

#define DEFAULT_TIMEOUT_MS 10000
#define SHORT_TIMEOUT_MS   2000
#define RETRY_WAIT_MS      500
#define DEFAULT_ENDPOINT   "http://localhost:4318"

static const struct {
    const char *name; /* in variables */
    const char *path;
} signals[] = {
    [OTLP_TRACES] = {"TRACES", "v1/traces"},
    [OTLP_METRICS] = {"METRICS", "v1/metrics"},
};

/* Returns the variable of the signal, else that of all signals. */
static Str setting(const Io *io, OtlpSignal signal, const char *name, Arena *arena) {
    Str own = str_format(arena, "OTEL_EXPORTER_OTLP_%s_%s", signals[signal].name, name);
    Str value = process_variable(io->process, str_to_cstr(own, arena));
    if (value.len > 0)
        return value;
    Str common = str_format(arena, "OTEL_EXPORTER_OTLP_%s", name);
    return process_variable(io->process, str_to_cstr(common, arena));
}

static void add_headers(OtlpExport *export, Str list, Arena *arena) {
    Str pair;
    while (str_next_field(&list, ',', &pair)) {
        size_t equals = str_find_char(pair, '=', 0);
        Str name = str_trim(str_slice(pair, 0, equals)), value;
        if (equals != SIZE_MAX &&
            url_decode(str_trim(str_after(pair, equals + 1)), &value, arena) &&
            http_header_is_valid(name, value))
            http_add_header(&export->headers, str_to_cstr(name, arena), value, arena);
    }
}

static Str url_of(const Io *io, OtlpSignal signal, Arena *arena) {
    Str own = str_format(arena, "OTEL_EXPORTER_OTLP_%s_ENDPOINT", signals[signal].name);
    Str url = process_variable(io->process, str_to_cstr(own, arena));
    Str base = process_variable(io->process, "OTEL_EXPORTER_OTLP_ENDPOINT");
    if (url.len > 0)
        return url;
    if (base.len == 0)
        base = STR(DEFAULT_ENDPOINT);
    return str_format(arena, "%.*s%s%s", STR_ARG(base), str_ends_with(base, STR("/")) ? "" : "/",
                      signals[signal].path);
}

static void read_pem(OtlpExport *export, const Io *io, Str path, Str *out, Arena *arena) {
    int error = path.len > 0 ? io->disk->read_file(io->disk->self, path, out, arena) : 0;
    if (error != 0)
        export->problem =
            str_format(arena, "the file \"%.*s\" of its certificates cannot be read: %s",
                       STR_ARG(path), strerror(-error));
}

OtlpExport otlp_export_open(const Io *io, OtlpSignal signal, Arena *arena) {
    Str exporter = str_format(arena, "OTEL_%s_EXPORTER", signals[signal].name);
    OtlpExport export = {.timeout_ms = DEFAULT_TIMEOUT_MS};
    uint64_t timeout_ms;
    if (!str_equal_cstr(process_variable(io->process, str_to_cstr(exporter, arena)), "otlp") ||
        str_equal_cstr(process_variable(io->process, "OTEL_SDK_DISABLED"), "true"))
        return export;
    if (str_equal_cstr(setting(io, signal, "PROTOCOL", arena), "grpc"))
        export.problem = STR("the protocol \"grpc\" is not supported; set "
                             "OTEL_EXPORTER_OTLP_PROTOCOL to \"http/json\", and "
                             "OTEL_EXPORTER_OTLP_ENDPOINT to the port for HTTP, usually 4318");
    read_pem(&export, io, setting(io, signal, "CERTIFICATE", arena), &export.ca_certs, arena);
    read_pem(&export, io, setting(io, signal, "CLIENT_CERTIFICATE", arena), &export.certificate,
             arena);
    read_pem(&export, io, setting(io, signal, "CLIENT_KEY", arena), &export.key, arena);
    if (export.problem.len > 0)
        return export;
    if (str_to_uint64(setting(io, signal, "TIMEOUT", arena), &timeout_ms) && timeout_ms > 0 &&
        timeout_ms < INT32_MAX)
        export.timeout_ms = (int64_t)timeout_ms;
    http_add_header(&export.headers, "content-type", STR("application/json"), arena);
    add_headers(&export, setting(io, signal, "HEADERS", arena), arena);
    export.url = url_of(io, signal, arena);
    return export;
}

Str otlp_export_shown(const OtlpExport *export, Arena *arena) {
    return url_redact(str_slice(export->url, 0, str_find_char(export->url, '?', 0)), arena);
}

bool otlp_export_post(const OtlpExport *export, const Io *io, Str body, const OtlpSending *sending,
                      Str *problem, Arena *arena) {
    int64_t limit = sending->timeout_ms;
    if (limit == 0 || limit > export->timeout_ms)
        limit = export->timeout_ms;
    HttpRequest request = {
        .method = STR("POST"),
        .url = export->url,
        .headers = export->headers,
        .body = body,
        .ca_certs = export->ca_certs,
        .certificate = export->certificate,
        .key = export->key,
        .redirect_limit = -1,
        .connect_timeout_ms = limit,
        .timeout_ms = limit,
        .retries = sending->retries,
        .retry_wait_ms = RETRY_WAIT_MS,
        .cancel = sending->cancel,
    };
    HttpResponse response = {0};
    if (export->url.len == 0)
        return true;
    if (http_send(io, &request, &response, problem, arena) == HTTP_DONE) {
        if (response.code >= 200 && response.code < 300)
            return true;
        *problem = str_format(arena, "it responded with HTTP status %d", response.code);
    }
    log_event(LOG_WARN, "telemetry not sent", log_text("url", otlp_export_shown(export, arena)),
              log_text("problem", *problem));
    return false;
}

bool otlp_export_send(const OtlpExport *export, const Io *io, Str body) {
    SCOPED(ArenaRef) arena = arena_open("trace");
    Str problem;
    return otlp_export_post(export, io, body, &(OtlpSending){.timeout_ms = SHORT_TIMEOUT_MS},
                            &problem, arena);
}
