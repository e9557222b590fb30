/* loam login */
#include "callback_listener.h"
#include "cli_config_load.h"
#include "command.h"
#include "credentials_store.h"
#include "login_host.h"
#include "login_service.h"

#include <errno.h>

#define BROWSER_TIMEOUT_MS 10000

static const Option options[] = {
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
        !cli_config_load(&cli->io, login_host_is_tofu(cli), &config, cli->arena, diags) ||
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
    .groups = {OPTION_GROUP(options), &option_view},
    .most_positionals = 1,
    .run = login_run,
};
