/* loam drift */
#include "command.h"
#include "digest.h"
#include "drift.h"
#include "hex.h"
#include "http_send.h"
#include "operation.h"
#include "render_json.h"
#include "reporting.h"
#include "url.h"

#define SECRET           "NOTIFY_SECRET"
#define DRIFT_TIMEOUT_MS 30000
#define RETRIES          2

/* Checks URL and key before the plan. Returns false, with an error, if the URL is neither https nor
 * http to a loopback address, or if there is no key. */
static bool notice_check(const Cli *cli, Str text, Diags *diags) {
    Url url;
    Arena *arena = cli->arena;
    bool is_url = url_parse(text, &url) && url_host_name(&url).len > 0;
    bool is_http = is_url && str_equal(url.scheme, STR("http"));
    if (!is_url || (!is_http && !str_equal(url.scheme, STR("https"))))
        return diags_fail(diags, NO_RANGE, "Invalid notification URL",
                          "-notify requires a URL such as https://example.com/drift, not \"%.*s\".",
                          STR_ARG(url_redact(text, arena)));
    if (is_http && !url_is_loopback(&url))
        return diags_fail(
            diags, NO_RANGE, "Insecure notification URL",
            "-notify requires https, because the notice names objects and their owners. Plain http "
            "is allowed only to this computer (localhost, 127.0.0.1, [::1]).");
    if (cli_environment(cli, SECRET))
        return true;
    return diags_fail(diags, NO_RANGE, "No key for the notification",
                      "loam signs the notice, so that its receiver can reject forged ones. Set the "
                      "environment variable LOAM_NOTIFY_SECRET to a key that the receiver knows.");
}

static void notice_write_object(JsonWriter *writer, const Drift *drift, Arena *arena) {
    DriftFields fields = drift_fields(drift, arena);
    json_object_start(writer);
    json_key_string(writer, "address", resource_addr_to_str(drift->address, arena));
    json_key_string(writer, "action", str_from_cstr(action_name(drift->action)));
    json_key_array(writer, "fields");
    vec_each(&fields, field) {
        json_object_start(writer);
        render_json_drift_field(writer, field, arena);
        json_object_end(writer);
    }
    json_array_end(writer);
    json_object_end(writer);
}

/* Time, environment, workspace, and for each object its address, action, and changed fields with
 * their owners. The body has no values. */
static Str notice_body_of(const Cli *cli, const Plan *plan) {
    StrBuf out = strbuf_new(cli->arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 2);
    json_object_start(&writer);
    json_key_string(&writer, "format_version", STR("1.0"));
    json_key_string(&writer, "timestamp", clock_format_rfc3339(cli_now_ms(cli), cli->arena));
    json_key_string(&writer, "environment", cli->environment);
    json_key_string(&writer, "workspace", cli->workspace);
    json_key_array(&writer, "drift");
    vec_each(&plan->drift, drift) {
        notice_write_object(&writer, drift, cli->arena);
    }
    json_array_end(&writer);
    json_object_end(&writer);
    strbuf_add_char(&out, '\n');
    return strbuf_str(&out);
}

/* "sha256=" and the HMAC-SHA256 of the body in hexadecimal, with the key LOAM_NOTIFY_SECRET. */
static Str notice_signature_of(const Cli *cli, Str body) {
    Str key = str_from_cstr(cli_environment(cli, SECRET));
    Str bytes = digest_hmac(DIGEST_SHA256, key, body, cli->arena);
    return str_concat(STR("sha256="), hex_encode(bytes, cli->arena), cli->arena);
}

/* Retries twice. Returns false, with an error, unless the server answers with a status from 200 to
 * 299. Redirects are not followed. */
static bool notice_send(const Cli *cli, const Plan *plan, Str url, Diags *diags) {
    HttpResponse response = {0};
    Str problem = STR_EMPTY;
    HttpRequest request = {
        .method = STR("POST"),
        .url = url,
        .body = notice_body_of(cli, plan),
        .redirect_limit = -1,
        .timeout_ms = DRIFT_TIMEOUT_MS,
        .retries = RETRIES,
        .cancel = cli->cancel,
    };
    http_add_header(&request.headers, "Content-Type", STR("application/json"), cli->arena);
    http_add_header(&request.headers, "X-Loam-Signature-256",
                    notice_signature_of(cli, request.body), cli->arena);
    HttpStatus status = http_send(&cli->io, &request, &response, &problem, cli->arena);
    if (status == HTTP_DONE && response.code >= 200 && response.code < 300)
        return true;
    if (status == HTTP_DONE)
        problem = str_format(cli->arena, "the server answered with status %d", response.code);
    return diags_fail(diags, NO_RANGE, "Notification not sent",
                      "The drift was found, but \"%.*s\" did not accept the notice: %.*s. Check "
                      "the URL and the server, then run the command again.",
                      STR_ARG(url_redact(url, cli->arena)),
                      STR_ARG(url_scrub(problem, url, cli->arena)));
}

static const Option drift_options[] = {
    {"notify", OPTION_TEXT, "URL",
     "Send a signed notice to this URL if there is drift; the key is LOAM_NOTIFY_SECRET."},
    {"json", OPTION_FLAG, NULL, "Print events as JSON, one per line."},
    {"json-into", OPTION_OUTPUT, "PATH", "Also write the JSON events to a file."},
};

/* Rejects the options that choose another kind of plan. */
static bool cmd_drift_check_mode(const Arguments *arguments, Diags *diags) {
    static const char *const others[] = {"destroy", "refresh-only", "refresh", "replace"};
    for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
        bool is_full = strcmp(others[i], "refresh") == 0 &&
                       str_equal_cstr(option_text(arguments, others[i]), "full");
        if (!option_is_given(arguments, others[i]) || is_full)
            continue;
        return diags_fail(
            diags, NO_RANGE, "Invalid mode option",
            "loam drift always reads the real objects and plans no change. Remove -%s.", others[i]);
    }
    return true;
}

static int cmd_drift_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {0};
    Operation operation = {.project = &project, .only_drift = true};
    Str url = option_text(arguments, "notify");
    if (!cmd_drift_check_mode(arguments, diags) || (url.ptr && !notice_check(cli, url, diags)) ||
        !operation_plan(&operation, cli, arguments, LOCK_PLAN, PLAN_REFRESH_ONLY, diags))
        return 1;
    if (operation.result.plan->drift.count == 0)
        return 0;
    return url.ptr && !notice_send(cli, operation.result.plan, url, diags) ? 1 : 2;
}

static const CommandStatus drift_statuses[] = {{2, "Drift was found."}, {0}};

const Command cmd_drift = {
    .name = "drift",
    .summary = "Show what changed outside of loam",
    .usage = "[options]",
    .about =
        "Reads the real objects and compares them with the state. Shows each object that was "
        "deleted or changed, and the owner of each changed field where the remote system records "
        "owners. Fields that the configuration does not set do not count if the remote system "
        "tells them apart, as Kubernetes does. Changes nothing.\n"
        "Exit status: 0 without drift, 2 with drift, 1 after an error.",
    .statuses = drift_statuses,
    .example = "loam drift -target=libvirt_domain.web",
    .groups = {OPTION_GROUP(drift_options), &option_operation, &option_variables, &option_state,
               &reporting_options, &option_environment, &option_view},
    .run = cmd_drift_run,
    .json_view = view_json_open,
};
