/* Reads the service login.v1 of a host, and exchanges the code for a token. */
#include "login_service.h"

#include "base64.h"
#include "digest.h"
#include "problem.h"
#include "random.h"
#include "registry_host.h"
#include "str_quote.h"
#include "url.h"

enum { SECRET_SIZE = 32 };

/* The ports that any user may listen on. */
#define FIRST_PORT 1024
#define LAST_PORT  65535

static bool service_fail(const PackageQuery *query, Str host, const char *why) {
    return problem_set(query->problem, query->arena, "The login service of \"%.*s\" %s.",
                       STR_ARG(host), why);
}

static bool service_read_url(Value service, const char *name, Str base, Str *out, Arena *arena) {
    Str text;
    if (!value_find_text(service, str_from_cstr(name), &text))
        return false;
    *out = url_resolve(base, text, arena);
    return str_starts_with(*out, STR("https://"));
}

static bool service_read_port(Value ports, size_t i, uint16_t *out) {
    int64_t number;
    Value port = value_at(ports, i);
    if (!value_is_present(port) || port.type != &TYPE_NUMBER || !value_to_int(port, &number) ||
        number < FIRST_PORT || number > LAST_PORT)
        return false;
    *out = (uint16_t)number;
    return true;
}

static bool read_ports(Value service, LoginService *out) {
    Value ports;
    out->first_port = FIRST_PORT;
    out->last_port = LAST_PORT;
    if (!value_find_tuple(service, STR("ports"), &ports))
        return true;
    return ports.count == 2 && service_read_port(ports, 0, &out->first_port) &&
           service_read_port(ports, 1, &out->last_port) && out->first_port <= out->last_port;
}

static bool service_read_service(const PackageQuery *query, Str host, Value service, Str base,
                                 LoginService *out) {
    Arena *arena = query->arena;
    Value list;
    StrVec grants = {0}, scopes = {0};
    json_add_texts(service, STR("grant_types"), &grants, arena);
    if (value_find_tuple(service, STR("grant_types"), &list) &&
        !str_is_among(STR("authz_code"), grants.items, grants.count))
        return service_fail(
            query, host, "offers no authorization codes, the only grant type that loam supports");
    if (!value_find_text(service, STR("client"), &out->client))
        return service_fail(query, host, "names no client");
    if (!service_read_url(service, "authz", base, &out->authorization_url, arena) ||
        !service_read_url(service, "token", base, &out->token_url, arena))
        return service_fail(query, host, "needs https addresses \"authz\" and \"token\"");
    if (!read_ports(service, out))
        return service_fail(query, host, "has \"ports\" that are not a range from 1024 to 65535");
    json_add_texts(service, STR("scopes"), &scopes, arena);
    out->scopes = str_join(scopes.items, scopes.count, STR(" "), arena);
    return true;
}

bool login_service_discover(const PackageQuery *query, Str host, LoginService *out) {
    const PackageSources *sources = query->sources;
    Arena *arena = query->arena;
    RegistryHost asked = {.io = sources->io, .cancel = sources->cancel, .name = host};
    RegistryProblem failure;
    HttpResponse response;
    Value services, service;
    Str ignored;
    Str url = str_format(arena, "https://%.*s/.well-known/terraform.json", STR_ARG(host));
    *out = (LoginService){0};
    if (!registry_host_get(&asked, url, &response, &failure, arena) ||
        !registry_host_parse(url, response.body, &services, &failure, arena)) {
        *query->problem = failure.text;
        return false;
    }
    if (value_find_present(services, STR("login.v1"), &service) &&
        service.type->kind == KIND_OBJECT)
        return service_read_service(query, host, service, response.url, out);
    if (!value_find_text(services, STR("tfe.v2"), &ignored))
        return problem_set(query->problem, arena,
                           "\"%.*s\" has no service login.v1, so it issues no tokens for commands. "
                           "If you have a token, run \"loam login -token-stdin %.*s\".",
                           STR_ARG(host), STR_ARG(host));
    out->token_page =
        str_format(arena, "https://%.*s/app/settings/tokens?source=terraform-login", STR_ARG(host));
    return true;
}

static Str make_secret(Arena *arena) {
    char *bytes = arena_new_array(arena, char, SECRET_SIZE);
    random_fill(bytes, SECRET_SIZE);
    return base64_url_encode((Str){bytes, SECRET_SIZE}, arena);
}

static void service_add_parameter(StrBuf *out, const char *name, Str value, Arena *arena) {
    Str text = strbuf_str(out);
    Str encoded = url_encode(value, false, arena);
    if (text.len && text.ptr[text.len - 1] != '?')
        strbuf_add_char(out, '&');
    strbuf_add_format(out, "%s=%.*s", name, STR_ARG(encoded));
}

LoginAttempt login_service_begin(const LoginService *service, uint16_t port, Arena *arena) {
    StrBuf url = strbuf_new(arena);
    LoginAttempt attempt = {.state = make_secret(arena), .verifier = make_secret(arena)};
    Str digest = digest_bytes(DIGEST_SHA256, attempt.verifier, arena);
    attempt.redirect_url =
        str_format(arena, "http://localhost:%u" LOGIN_SERVICE_PATH, (unsigned)port);
    strbuf_add(&url, service->authorization_url);
    if (str_find_char(service->authorization_url, '?', 0) == SIZE_MAX)
        strbuf_add_char(&url, '?');
    service_add_parameter(&url, "response_type", STR("code"), arena);
    service_add_parameter(&url, "client_id", service->client, arena);
    service_add_parameter(&url, "redirect_uri", attempt.redirect_url, arena);
    service_add_parameter(&url, "state", attempt.state, arena);
    service_add_parameter(&url, "code_challenge", base64_url_encode(digest, arena), arena);
    service_add_parameter(&url, "code_challenge_method", STR("S256"), arena);
    if (service->scopes.len)
        service_add_parameter(&url, "scope", service->scopes, arena);
    attempt.url = strbuf_str(&url);
    return attempt;
}

bool login_service_accepts(const LoginAttempt *attempt, Str query) {
    Str state;
    return url_query_find(query, STR("state"), &state) && str_equal(state, attempt->state);
}

/* Finds a parameter of a query, in which a plus sign is a blank. */
static bool find_parameter(Str query, const char *name, Str *out, Arena *arena) {
    Str encoded;
    StrBuf text = strbuf_new(arena);
    if (!url_query_find(query, str_from_cstr(name), &encoded))
        return false;
    for (size_t i = 0; i < encoded.len; i++)
        strbuf_add_char(&text, encoded.ptr[i] == '+' ? ' ' : encoded.ptr[i]);
    return url_decode(strbuf_str(&text), out, arena);
}

/* Reads the code, or the error that the host reports instead. */
static bool read_code(const PackageQuery *query, Str redirect, Str *code) {
    Arena *arena = query->arena;
    Str why;
    if (find_parameter(redirect, "code", code, arena) && code->len)
        return true;
    if (!find_parameter(redirect, "error", &why, arena))
        why = STR("no error, either");
    why = str_quote(why, arena);
    return problem_set(query->problem, arena, "The host answered without a code: %.*s.",
                       STR_ARG(why));
}

bool login_service_finish(const PackageQuery *query, const LoginService *service,
                          const LoginAttempt *attempt, Str redirect, Str *token) {
    Arena *arena = query->arena;
    StrBuf body = strbuf_new(arena);
    HttpResponse response;
    RegistryProblem failure;
    Value answer;
    Str code;
    if (!read_code(query, redirect, &code))
        return false;
    service_add_parameter(&body, "grant_type", STR("authorization_code"), arena);
    service_add_parameter(&body, "client_id", service->client, arena);
    service_add_parameter(&body, "code", code, arena);
    service_add_parameter(&body, "code_verifier", attempt->verifier, arena);
    service_add_parameter(&body, "redirect_uri", attempt->redirect_url, arena);
    WebQuestion question = {
        .io = query->sources->io,
        .cancel = query->sources->cancel,
        .url = service->token_url,
        .body = strbuf_str(&body),
        .asker = "the login service",
        .needs_https = true,
    };
    if (!fetch_web_send(&question, &response, query->problem, arena))
        return false;
    if (!registry_host_parse(service->token_url, response.body, &answer, &failure, arena) ||
        (!value_find_text(answer, STR("access_token"), token) &&
         !registry_host_refuse(service->token_url, "has no token", &failure, arena))) {
        *query->problem = failure.text;
        return false;
    }
    return true;
}
