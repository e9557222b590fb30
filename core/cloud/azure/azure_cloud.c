/* azure_cloud: a table of clouds, and requests that carry secrets. */
#include "azure_cloud.h"
#include "cloud_address.h"
#include "http_send.h"
#include "json.h"
#include "problem.h"
#include "url.h"

#define METADATA_VERSION "2023-11-01"
#define RETRIES          3
#define TIMEOUT_MS       60000
#define BODY_LIMIT       ((uint64_t)1 << 20)
#define CODE_MAX         64

static const struct {
    const char *names; /* with blanks between */
    AzureCloud cloud;
} clouds[] = {
    {"public global canary",
     {STR_CONST("https://login.microsoftonline.com"), STR_CONST("https://management.azure.com"),
      STR_CONST("core.windows.net")}},
    {"usgovernment usgovernmentl4 usgovernmentl5 dod",
     {STR_CONST("https://login.microsoftonline.us"),
      STR_CONST("https://management.usgovcloudapi.net"), STR_CONST("core.usgovcloudapi.net")}},
    {"china",
     {STR_CONST("https://login.chinacloudapi.cn"), STR_CONST("https://management.chinacloudapi.cn"),
      STR_CONST("core.chinacloudapi.cn")}},
};

bool azure_cloud_find(Str name, AzureCloud *out) {
    for (size_t i = 0; i < ARRAY_COUNT(clouds); i++) {
        Str names = str_from_cstr(clouds[i].names), word;
        while (names.len && str_next_field(&names, ' ', &word)) {
            if (name.len > 0 && !str_equal(word, name))
                continue;
            *out = clouds[i].cloud;
            return true;
        }
    }
    return false;
}

static Str cloud_text(Value object, const char *name) {
    Value member;
    bool is_text = value_find_present(object, str_from_cstr(name), &member) &&
                   member.type->kind == KIND_STRING;
    return is_text ? value_text(member) : STR_EMPTY;
}

/* Returns the code of an error: `error` is a text, or an object with the member `code`. */
static Str cloud_code(Value reply, Arena *arena) {
    Value error;
    Str code = cloud_text(reply, "error");
    if (code.len == 0 && value_find_present(reply, STR("error"), &error) &&
        error.type->kind == KIND_OBJECT)
        code = cloud_text(error, "code");
    Str detail = cloud_text(reply, "error_description"); /* "AADSTS7000215: …" */
    detail = str_slice(detail, 0, str_find_char(detail, ':', 0));
    if (!str_starts_with(detail, STR("AADSTS")) || !str_has_only(detail, ""))
        detail = STR_EMPTY;
    if (code.len > CODE_MAX || !str_has_only(code, "_"))
        code = STR_EMPTY;
    return str_format(arena, "%s%.*s%s%.*s", code.len ? " " : "", STR_ARG(code),
                      detail.len && detail.len <= CODE_MAX ? " " : "",
                      STR_ARG(str_slice(detail, 0, CODE_MAX)));
}

bool azure_cloud_ask(const Io *io, HttpRequest *request, Value *out, Str *problem, Arena *arena) {
    HttpResponse response = {0};
    Url url = {0};
    Str why = STR_EMPTY;
    if (!cloud_address_check(request->url, problem, arena))
        return false;
    CHECK(url_parse(request->url, &url));
    request->redirect_limit = -1;
    request->timeout_ms = request->timeout_ms ? request->timeout_ms : TIMEOUT_MS;
    request->retries = request->retries ? request->retries : RETRIES;
    request->body_limit = BODY_LIMIT;
    request->cancel_at = CANCEL_NOW;
    HttpStatus sent = http_send(io, request, &response, &why, arena);
    if (sent != HTTP_DONE)
        return problem_set(problem, arena, "%.*s: %.*s", STR_ARG(url.host), STR_ARG(why));
    bool is_json = json_parse_object(response.body, out, arena);
    if (response.code == 200 && is_json)
        return true;
    if (response.code == 200)
        return problem_set(problem, arena, "%.*s: the response is not a JSON object",
                           STR_ARG(url.host));
    Str code = is_json ? cloud_code(*out, arena) : STR_EMPTY;
    return problem_set(problem, arena, "%.*s: HTTP status %d%.*s", STR_ARG(url.host), response.code,
                       STR_ARG(code));
}

static Str cloud_without_slash(Str url) {
    while (str_ends_with(url, STR("/")))
        url = str_slice(url, 0, url.len - 1);
    return url;
}

bool azure_cloud_fetch(const Io *io, Str host, AzureCloud *out, Str *problem, Arena *arena) {
    HttpRequest request = {
        .url = str_format(arena, "https://%.*s/metadata/endpoints?api-version=" METADATA_VERSION,
                          STR_ARG(host))};
    Value reply, part;
    Url url;
    if (!url_parse(request.url, &url) || !str_equal(url.host, host))
        return problem_text(problem, "\"metadata_host\" is not the name of a host");
    if (!azure_cloud_ask(io, &request, &reply, problem, arena))
        return false;
    AzureCloud cloud = {.manager = cloud_without_slash(cloud_text(reply, "resourceManager"))};
    if (value_find_present(reply, STR("authentication"), &part) && part.type->kind == KIND_OBJECT)
        cloud.login = cloud_without_slash(cloud_text(part, "loginEndpoint"));
    if (value_find_present(reply, STR("suffixes"), &part) && part.type->kind == KIND_OBJECT)
        cloud.storage_suffix = cloud_text(part, "storage");
    if (!cloud_address_check(cloud.login, problem, arena) ||
        !cloud_address_check(cloud.manager, problem, arena) ||
        !str_has_only(cloud.storage_suffix, ".-") || cloud.storage_suffix.len == 0)
        return problem_set(problem, arena,
                           "%.*s: the response has no addresses of a login service, a resource "
                           "manager and a storage service",
                           STR_ARG(host));
    *out = cloud;
    return true;
}
