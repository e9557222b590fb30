/* loam login */
#include "base64.h"
#include "callback_listener.h"
#include "cli_config_load.h"
#include "command.h"
#include "credentials_store.h"
#include "digest.h"
#include "login_host.h"
#include "package.h"
#include "problem.h"
#include "random.h"
#include "registry_host.h"
#include "str_quote.h"
#include "url.h"

#include <errno.h>

#define BROWSER_TIMEOUT_MS 10000

/* Obtains a token of a host by Terraform's login protocol: OAuth 2.0 with an authorization code and
 * PKCE (RFC 7636). */

/* How a host issues tokens. */
typedef struct LoginService {
    Str client;
    Str authorization_url; /* empty: the user copies a token from token_page */
    Str token_url;
    Str scopes; /* separated by blanks */
    uint16_t first_port;
    uint16_t last_port;
    Str token_page;
} LoginService;

/* The secrets of one login. */
typedef struct LoginAttempt {
    Str state;
    Str verifier;
    Str redirect_url;
    Str url; /* for the browser */
} LoginAttempt;

#define LOGIN_SERVICE_PATH "/login" /* of the redirect */

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

/* Finds out how the host issues tokens. On failure *query->problem is full sentences. */
static bool login_service_discover(const PackageQuery *query, Str host, LoginService *out) {
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

/* Begins a login whose redirect arrives at this port of localhost. */
static LoginAttempt login_service_begin(const LoginService *service, uint16_t port, Arena *arena) {
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

/* Returns whether the query of a redirect belongs to the login. */
static bool login_service_accepts(const LoginAttempt *attempt, Str query) {
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

/* Exchanges the code in the query string of the redirect for a token. On failure *query->problem is
 * full sentences. */
static bool login_service_finish(const PackageQuery *query, const LoginService *service,
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

static const Option login_options[] = {
    {"token-stdin", OPTION_FLAG, NULL,
     "Read the token from standard input instead of obtaining one from the host."},
};

/* Shows the address in a browser if there is a screen. A failure is no error, because the address
 * is printed, too. */
static void open_browser(Cli *cli, Str url) {
    const char *const argv[] = {"xdg-open", str_to_cstr(url, cli->arena), NULL};
    ProcessRequest request = {
        .argv = argv, .timeout_ms = BROWSER_TIMEOUT_MS, .cancel = cli->cancel};
    ProcessResult ignored;
    const Process *process = cli->io.process;
    if (process->environment(process->self, "DISPLAY") ||
        process->environment(process->self, "WAYLAND_DISPLAY"))
        (void)process->run(process->self, &request, &ignored, cli->arena);
}

static bool accepts(void *payload, Str query) {
    return login_service_accepts(payload, query);
}

static bool log_in(Cli *cli, const PackageQuery *query, const LoginService *service, Str *token,
                   Diags *diags) {
    SCOPED(CallbackListener) listener = {0};
    Str redirect;
    int error = callback_listener_open(service->first_port, service->last_port, &listener);
    if (error)
        return diags_fail(diags, NO_RANGE, "Login not started",
                          "No port from %u to %u of this machine, the ports that the host allows, "
                          "can be used: %s.",
                          service->first_port, service->last_port, strerror(-error));
    LoginAttempt attempt = login_service_begin(service, listener.port, cli->arena);
    terminal_print("\nOpen this address in a browser on this machine to log in:\n\n    %.*s\n\n"
                   "loam waits until the host confirms the login.\n",
                   STR_ARG(attempt.url));
    (void)fflush(stdout);
    open_browser(cli, attempt.url);
    CallbackRequest wanted = {
        .path = STR(LOGIN_SERVICE_PATH),
        .accepts = accepts,
        .payload = &attempt,
        .page = STR("The host has answered. Close this page and return to the terminal.\n"),
    };
    if (callback_listener_wait(&listener, &wanted, cli->cancel, &redirect, cli->arena) != 0)
        return diags_fail(diags, NO_RANGE, "Login cancelled", "No token was stored.");
    if (login_service_finish(query, service, &attempt, redirect, token))
        return true;
    return diags_fail(diags, NO_RANGE, "Login failed", "%.*s", STR_ARG(*query->problem));
}

static bool login_ask_token(Cli *cli, Str page, Str *token, Diags *diags) {
    terminal_print("\nCreate a token on this page, and paste it here:\n\n    %.*s\n\nToken: ",
                   STR_ARG(page));
    (void)fflush(stdout);
    open_browser(cli, page);
    if (terminal_read_secret(token, cli->arena))
        return true;
    return diags_fail(diags, NO_RANGE, "Login cancelled",
                      "Standard input has ended without a token.");
}

static bool check_token(Str *token, Diags *diags) {
    *token = str_trim(*token);
    bool ok = token->len > 0;
    for (size_t i = 0; i < token->len; i++)
        ok = ok && token->ptr[i] > ' ' && token->ptr[i] < 127;
    if (!ok)
        diags_error(diags, NO_RANGE, "Invalid token",
                    "A token has at least one character, and no blanks or characters beyond "
                    "ASCII.");
    return ok;
}

static bool login_read_token(Str *token, Arena *arena, Diags *diags) {
    if (terminal_read_secret(token, arena))
        return true;
    return diags_fail(diags, NO_RANGE, "No token given",
                      "Standard input has ended without a token. -token-stdin reads one line.");
}

/* Obtains a token from the host. */
static bool login_obtain(Cli *cli, const PackageSources *sources, Str host, Str place, Str *token,
                         Diags *diags) {
    LoginService service;
    Str problem;
    PackageQuery query = {sources, &problem, cli->arena};
    if (!login_service_discover(&query, host, &service))
        return diags_fail(diags, NO_RANGE, "Host without login", "%.*s", STR_ARG(problem));
    terminal_print("loam obtains a token of %.*s with your browser, and stores it as plain text in "
                   "%.*s.\n",
                   STR_ARG(host), STR_ARG(place));
    size_t errors = diags->error_count;
    if (!cli_approve(cli, "Do you want to log in?", "Later commands use the token.", "yes",
                     diags)) {
        if (diags->error_count == errors)
            diags_error(diags, NO_RANGE, "Login cancelled", "No token was stored.");
        return false;
    }
    return service.authorization_url.len ? log_in(cli, &query, &service, token, diags)
                                         : login_ask_token(cli, service.token_page, token, diags);
}

static int login_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    CliConfig config;
    PackageSources sources = {&cli->io, cli->cancel, &config};
    CredentialsPlace place;
    Str host, token;
    if (!login_host_read(cli, arguments, &host, diags) ||
        !cli_config_load(&cli->io, cli_name(cli)->is_tofu, cli_default_registry(cli), &config,
                         cli->arena, diags) ||
        !credentials_store_find(&sources, host, &place, cli->arena, diags))
        return 1;
    if (place == CREDENTIALS_IN_SETTINGS) {
        diags_error(diags, NO_RANGE, "Credentials are in the CLI configuration",
                    "A block credentials of the CLI configuration has the token of \"%.*s\". To "
                    "log in, remove that block.",
                    STR_ARG(host));
        return 1;
    }
    Str name = credentials_store_name(&sources, place, cli->arena);
    bool ok = option_flag(arguments, "token-stdin")
                  ? login_read_token(&token, cli->arena, diags)
                  : login_obtain(cli, &sources, host, name, &token, diags);
    if (!ok || !check_token(&token, diags) ||
        !credentials_store_put(&sources, place, host, token, cli->arena, diags))
        return 1;
    terminal_print("The token of %.*s is stored in %.*s.\n", STR_ARG(host), STR_ARG(name));
    return 0;
}

const Command cmd_login = {
    .name = "login",
    .summary = "Obtain and store a token of a host",
    .usage = "[options] [HOST]",
    .about =
        "Obtains a token of a host, such as a private registry, and stores it for later commands, "
        "as Terraform does: in ~/.terraform.d/credentials.tfrc.json, readable for you alone, or "
        "in the credentials helper of the CLI configuration. Without HOST, the host is "
        "app.terraform.io.\n"
        "\n"
        "The host must support Terraform's login protocol: loam prints an address for a browser on "
        "this machine, and waits for its answer. A host with only a page of tokens lets you paste "
        "one.",
    .example = "loam login registry.example.com",
    .groups = {OPTION_GROUP(login_options), &option_view},
    .most_positionals = 1,
    .run = login_run,
};
