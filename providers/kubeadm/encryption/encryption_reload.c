/* encryption_reload: encryption_place.sh, and three lines of /metrics. */
#include "encryption_reload.h"
#include "kubeadm_encryption_assets.h"
#include "path_error.h"
#include "remote_script.h"

#include <stdlib.h>

#define METRIC     "apiserver_encryption_config_controller_automatic_reload_last_timestamp_seconds{"
#define START      "process_start_time_seconds "
#define LINE_BYTES ((size_t)1024)
#define METRICS_MS INT64_C(20000)

static bool run_place(SshLink *link, Str verb, Str content, Str *out, Diags *diags) {
    RemoteScript script = {.text = encryption_place_sh, .argument = &verb, .input = content};
    SshResult result;
    if (!remote_script_run(link, script, &result, diags))
        return false;
    *out = result.out;
    return result.exit_status == 0 ||
           remote_script_report(link, "Keys of the API server not placed", &result, diags);
}

static bool parse_seconds(Str text, double *out, Arena *arena) {
    const char *start = str_to_cstr(str_trim(text), arena);
    char *end;
    *out = strtod(start, &end);
    return end != start && *end == '\0';
}

bool encryption_reload_place(SshLink *link, Str content, double *changed, Diags *diags) {
    Str out;
    return run_place(link, STR("place"), content, &out, diags) &&
           (parse_seconds(out, changed, link->call->arena) ||
            path_error(link->call, NO_PATH, diags, "Keys of the API server not placed",
                       "%.*s did not report the time of the file.", STR_ARG(link->target.host)));
}

bool encryption_reload_read(SshLink *link, Str *content, Diags *diags) {
    return run_place(link, STR("read"), STR_EMPTY, content, diags);
}

/* The metrics of an API server are megabytes, of which three lines matter. */
typedef struct Metrics {
    Arena *arena;
    StrBuf line; /* cut */
    double loaded;
    double rejected;
    double started;
} Metrics;

static void see_line(Metrics *metrics, Str line) {
    size_t space = str_rfind_char(line, ' ');
    double seconds;
    bool is_metric = str_starts_with(line, STR(METRIC));
    if ((!is_metric && !str_starts_with(line, STR(START))) || space == SIZE_MAX ||
        !parse_seconds(str_after(line, space + 1), &seconds, metrics->arena))
        return;
    if (!is_metric)
        metrics->started = seconds;
    else if (str_find(line, STR("status=\"success\""), 0) != SIZE_MAX)
        metrics->loaded = seconds;
    else
        metrics->rejected = seconds;
}

static int see_piece(void *payload, Str piece) {
    Metrics *metrics = payload;
    for (size_t i = 0; i < piece.len; i++) {
        if (piece.ptr[i] == '\n') {
            see_line(metrics, strbuf_str(&metrics->line));
            metrics->line.len = 0;
        } else if (metrics->line.len < LINE_BYTES) {
            strbuf_add_char(&metrics->line, piece.ptr[i]);
        }
    }
    return 0;
}

Str encryption_reload_look(const ClusterApi *api, double changed) {
    SCOPED(ArenaRef) scratch = arena_open("metrics");
    const Io *io = kube_client_io(api->client);
    Metrics metrics = {.arena = scratch, .line = strbuf_new(scratch)};
    HttpSink sink = {.write = see_piece, .payload = &metrics};
    KubeResponse response;
    KubeRequest request = {
        .method = "GET",
        .path = STR("/metrics"),
        .accept = STR("text/plain"),
        .sink = &sink,
        .deadline_ms = io->clock->monotonic_ms(io->clock->self) + METRICS_MS,
        .cancel = api->call.cancel,
        .cancel_at = CANCEL_NOW,
    };
    if (kube_client_send(api->client, &request, &response, api->call.arena) != KUBE_DONE)
        return str_format(api->call.arena, "its metrics are not readable: %.*s",
                          STR_ARG(response.problem));
    if (metrics.loaded >= changed || metrics.started >= changed)
        return STR_EMPTY;
    return metrics.rejected >= changed ? STR("it rejects the file with the keys")
                                       : STR("it has not loaded the file with the keys yet");
}
