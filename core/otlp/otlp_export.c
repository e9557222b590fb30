#include "otlp_export.h"

#include "http_send.h"
#include "log.h"
#include "url.h"

#define TIMEOUT_MS 2000

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

OtlpExport otlp_export_open(const Io *io, Arena *arena) {
    const Process *process = io->process;
    Str url = process_variable(process, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    Str base = process_variable(process, "OTEL_EXPORTER_OTLP_ENDPOINT");
    Str headers = process_variable(process, "OTEL_EXPORTER_OTLP_TRACES_HEADERS");
    OtlpExport export = {0};
    if (!str_equal_cstr(process_variable(process, "OTEL_TRACES_EXPORTER"), "otlp") ||
        str_equal_cstr(process_variable(process, "OTEL_SDK_DISABLED"), "true"))
        return export;
    if (url.len == 0 && base.len > 0)
        url = str_format(arena, "%.*s%sv1/traces", STR_ARG(base),
                         str_ends_with(base, STR("/")) ? "" : "/");
    export.url = url;
    http_add_header(&export.headers, "content-type", STR("application/json"), arena);
    add_headers(&export,
                headers.len > 0 ? headers : process_variable(process, "OTEL_EXPORTER_OTLP_HEADERS"),
                arena);
    return export;
}

bool otlp_export_send(const OtlpExport *export, const Io *io, Str body) {
    SCOPED(ArenaRef) arena = arena_open("trace");
    HttpRequest request = {
        .method = STR("POST"),
        .url = export->url,
        .headers = export->headers,
        .body = body,
        .redirect_limit = -1,
        .connect_timeout_ms = TIMEOUT_MS,
        .timeout_ms = TIMEOUT_MS,
    };
    HttpResponse response = {0};
    Str problem;
    if (export->url.len == 0)
        return true;
    if (http_send(io, &request, &response, &problem, arena) == HTTP_DONE) {
        if (response.code >= 200 && response.code < 300)
            return true;
        problem = str_format(arena, "HTTP status %d", response.code);
    }
    log_event(LOG_WARN, "trace not sent", log_text("url", url_redact(export->url, arena)),
              log_text("problem", problem));
    return false;
}
