/* Writes, signs and sends the notice. */
#include "drift_notice.h"
#include "digest.h"
#include "drift.h"
#include "hex.h"
#include "http_send.h"
#include "render_json.h"
#include "url.h"

#define SECRET     "NOTIFY_SECRET"
#define TIMEOUT_MS 30000
#define RETRIES    2

/* 127.0.0.0/8. A name such as 127.0.0.1.example.com is no address. */
static bool is_loopback_v4(Str host) {
    for (size_t i = 0; i < host.len; i++) {
        if (!isdigit((unsigned char)host.ptr[i]) && host.ptr[i] != '.')
            return false;
    }
    return str_starts_with(host, STR("127."));
}

static bool is_loopback(const Url *url) {
    Str host = url_host_name(url);
    return str_equal(host, STR("localhost")) || str_equal(host, STR("::1")) ||
           str_equal(host, STR("[::1]")) || is_loopback_v4(host);
}

bool drift_notice_check(const Cli *cli, Str text, Diags *diags) {
    Url url;
    Arena *arena = cli->arena;
    bool is_url = url_parse(text, &url) && url_host_name(&url).len > 0;
    bool is_http = is_url && str_equal(url.scheme, STR("http"));
    if (!is_url || (!is_http && !str_equal(url.scheme, STR("https"))))
        return diags_fail(diags, NO_RANGE, "Invalid notification URL",
                          "-notify requires a URL such as https://example.com/drift, not \"%.*s\".",
                          STR_ARG(url_redact(text, arena)));
    if (is_http && !is_loopback(&url))
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

static Str notice_signature_of(const Cli *cli, Str body) {
    Str key = str_from_cstr(cli_environment(cli, SECRET));
    Str bytes = digest_hmac(DIGEST_SHA256, key, body, cli->arena);
    return str_concat(STR("sha256="), hex_encode(bytes, cli->arena), cli->arena);
}

bool drift_notice_send(const Cli *cli, const Plan *plan, Str url, Diags *diags) {
    HttpResponse response = {0};
    Str problem = STR_EMPTY;
    HttpRequest request = {
        .method = STR("POST"),
        .url = url,
        .body = notice_body_of(cli, plan),
        .redirect_limit = -1,
        .timeout_ms = TIMEOUT_MS,
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
