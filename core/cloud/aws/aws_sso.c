/* The cached token is a JSON file of the program aws. Its members that loam does not know are kept
 * when it is rewritten. */
#include "aws_sso.h"
#include "digest.h"
#include "http_send.h"
#include "json.h"
#include "problem.h"
#include "timestamp.h"
#include "url.h"

#include <errno.h>

#define SSO_TIMEOUT_MS 30000
#define SSO_BODY_LIMIT ((uint64_t)1 << 20)

bool aws_sso_is_configured(const AwsProfile *profile) {
    return profile->sso_session.len > 0 || profile->sso_start_url.len > 0;
}

bool aws_sso_read(const AwsFiles *files, const AwsProfile *profile, Str name, AwsSso *out,
                  Str *problem, Arena *arena) {
    AwsProfile section = *profile;
    if (profile->sso_session.len &&
        !aws_profile_find_session(files, profile->sso_session, &section))
        return problem_set(problem, arena,
                           "the profile \"%.*s\" names the section \"sso-session %.*s\", which the "
                           "files do not have",
                           STR_ARG(name), STR_ARG(profile->sso_session));
    *out = (AwsSso){.profile = name,
                    .session = profile->sso_session,
                    .start_url = section.sso_start_url,
                    .region = section.sso_region,
                    .account = profile->sso_account_id,
                    .role = profile->sso_role_name};
    return (out->start_url.len && out->region.len && out->account.len && out->role.len) ||
           problem_set(problem, arena,
                       "the profile \"%.*s\" lacks one of sso_start_url, sso_region, "
                       "sso_account_id and sso_role_name",
                       STR_ARG(name));
}

static bool demand_login(const AwsSso *sso, const char *why, Str *problem, Arena *arena) {
    return problem_set(problem, arena, "%s. Run \"aws sso login --profile %.*s\"", why,
                       STR_ARG(sso->profile));
}

static Str cache_path(const AwsLookup *lookup, const AwsSso *sso, Arena *arena) {
    Str name = digest_hex(DIGEST_SHA1, sso->session.len ? sso->session : sso->start_url, arena);
    Str path = str_format(arena, "~/.aws/sso/cache/%.*s.json", STR_ARG(name));
    return aws_profile_expand(lookup->io, path, arena);
}

/* Returns the address of a service of single sign-on; empty if a token must not be sent there. */
static Str service_url(const AwsLookup *lookup, const AwsSso *sso, const char *variable,
                       const char *host, Arena *arena) {
    Str url = lookup->options->sso_endpoint;
    if (url.len == 0)
        url = aws_transport_variable(lookup->io->process, variable, arena);
    if (url.len == 0)
        url = aws_transport_endpoint(host, sso->region, false, false, arena);
    return aws_transport_is_safe(url) ? url : STR_EMPTY;
}

static bool sso_send(const AwsLookup *lookup, HttpRequest *request, Str *out, Str *problem,
                     Arena *arena) {
    HttpResponse response = {0};
    aws_transport_apply(&lookup->options->transport, request);
    request->timeout_ms = SSO_TIMEOUT_MS;
    request->retries = lookup->options->transport.retries;
    request->body_limit = SSO_BODY_LIMIT;
    request->cancel = lookup->cancel;
    request->cancel_at = CANCEL_NOW;
    if (http_send(lookup->io, request, &response, problem, arena) != HTTP_DONE)
        return false;
    *out = response.body;
    return response.code == 200 || problem_set(problem, arena, "HTTP status %d", response.code);
}

/* Writes the members of the cached token, with those of the new one in their place. */
static Str renewed_text(Value cached, Value fresh, int64_t now_ms, Arena *arena) {
    static const Str replaced[] = {STR_CONST("accessToken"), STR_CONST("expiresAt"),
                                   STR_CONST("refreshToken")};
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    Str next = value_text_at(fresh, STR("refreshToken"));
    int64_t seconds = 0;
    (void)value_find_int(fresh, STR("expiresIn"), &seconds);
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    for (size_t i = 0; i < cached.count; i++) {
        if (str_is_among(value_key_at(cached, i), replaced, ARRAY_COUNT(replaced)))
            continue;
        json_key(&writer, value_key_at(cached, i));
        json_write_value(&writer, value_at(cached, i));
    }
    json_key_string(&writer, "accessToken", value_text_at(fresh, STR("accessToken")));
    json_key_string(&writer, "expiresAt", clock_format_rfc3339(now_ms + seconds * 1000, arena));
    json_key_string(&writer, "refreshToken",
                    next.len ? next : value_text_at(cached, STR("refreshToken")));
    json_object_end(&writer);
    return strbuf_str(&text);
}

static Str refresh_body(Value cached, Arena *arena) {
    static const char *const names[] = {"clientId", "clientSecret", "refreshToken"};
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    json_key_string(&writer, "grantType", STR("refresh_token"));
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        json_key_string(&writer, names[i], value_text_at(cached, str_from_cstr(names[i])));
    json_object_end(&writer);
    return strbuf_str(&text);
}

/* Renews the access token of the login and rewrites its file. */
static bool sso_refresh(const AwsLookup *lookup, const AwsSso *sso, Value cached, Str *out,
                        Arena *arena) {
    const Disk *disk = lookup->io->disk;
    const Clock *clock = lookup->io->clock;
    Str text, ignored, url = service_url(lookup, sso, "SSO_OIDC", "oidc", arena);
    Value fresh;
    HttpRequest request = {.method = STR("POST"),
                           .url = str_concat(url, STR("/token"), arena),
                           .body = refresh_body(cached, arena)};
    http_add_header(&request.headers, "content-type", STR("application/json"), arena);
    if (url.len == 0 || !sso_send(lookup, &request, &text, &ignored, arena) ||
        !json_parse_object(text, &fresh, arena))
        return false;
    *out = value_text_at(fresh, STR("accessToken"));
    if (out->len == 0)
        return false;
    /* A token that cannot be stored still serves this run. */
    (void)disk->write_file(disk->self, cache_path(lookup, sso, arena),
                           renewed_text(cached, fresh, clock->now_ms(clock->self), arena), 0600);
    return true;
}

static bool access_token(const AwsLookup *lookup, const AwsSso *sso, Str *out, Str *problem,
                         Arena *arena) {
    const Disk *disk = lookup->io->disk;
    const Clock *clock = lookup->io->clock;
    Str text, ignored;
    Value cached;
    Timestamp end = {0};
    if (disk->read_file(disk->self, cache_path(lookup, sso, arena), &text, arena) != 0 ||
        !json_parse_object(text, &cached, arena))
        return demand_login(sso, "there is no login by single sign-on", problem, arena);
    *out = value_text_at(cached, STR("accessToken"));
    bool is_dated = timestamp_parse(value_text_at(cached, STR("expiresAt")), &end, &ignored, arena);
    if (out->len && is_dated && end.seconds * 1000 > clock->now_ms(clock->self))
        return true;
    return (value_text_at(cached, STR("refreshToken")).len > 0 &&
            sso_refresh(lookup, sso, cached, out, arena)) ||
           demand_login(sso, "the login by single sign-on has expired", problem, arena);
}

static bool sso_read_role(Str text, AwsKeys *out, Arena *arena) {
    Value answer, keys;
    if (!json_parse_object(text, &answer, arena) ||
        !value_find_present(answer, STR("roleCredentials"), &keys))
        return false;
    *out = (AwsKeys){.access_key = value_text_at(keys, STR("accessKeyId")),
                     .secret_key = value_text_at(keys, STR("secretAccessKey")),
                     .token = value_text_at(keys, STR("sessionToken"))};
    (void)value_find_int(keys, STR("expiration"), &out->expires_ms);
    return aws_keys_are_whole(out);
}

bool aws_sso_keys(const AwsLookup *lookup, const AwsSso *sso, AwsKeys *out, Str *problem,
                  Arena *arena) {
    Str token, text, why = STR_EMPTY;
    Str url = service_url(lookup, sso, "SSO", "portal.sso", arena);
    if (url.len == 0)
        return problem_text(problem, "the address of the single sign-on portal must be an https "
                                     "address");
    if (!access_token(lookup, sso, &token, problem, arena))
        return false;
    HttpRequest request = {
        .url = str_format(arena, "%.*s/federation/credentials?role_name=%.*s&account_id=%.*s",
                          STR_ARG(url), STR_ARG(url_encode(sso->role, false, arena)),
                          STR_ARG(url_encode(sso->account, false, arena)))};
    http_add_header(&request.headers, "x-amz-sso_bearer_token", token, arena);
    if (sso_send(lookup, &request, &text, &why, arena) && sso_read_role(text, out, arena))
        return true;
    Str detail =
        str_format(arena,
                   "the single sign-on portal gives no keys for the role \"%.*s\" "
                   "of the account %.*s%s%.*s",
                   STR_ARG(sso->role), STR_ARG(sso->account), why.len ? ": " : "", STR_ARG(why));
    return demand_login(sso, str_to_cstr(detail, arena), problem, arena);
}
