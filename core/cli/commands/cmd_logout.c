/* loam logout */
#include "cli_config_load.h"
#include "command.h"
#include "credentials_helper.h"
#include "credentials_store.h"
#include "login_host.h"

static int logout_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    CliConfig config;
    PackageSources sources = {&cli->io, cli->cancel, &config};
    CredentialsPlace place;
    Str host;
    if (!login_host_read(cli, arguments, &host, diags) ||
        !cli_config_load(&cli->io, cli_name(cli)->is_tofu, cli_default_registry(cli), &config,
                         cli->arena, diags) ||
        !credentials_store_find(&sources, host, &place, cli->arena, diags))
        return 1;
    if (place == CREDENTIALS_IN_SETTINGS) {
        diags_error(diags, NO_RANGE, "Credentials are in the CLI configuration",
                    "A block credentials of the CLI configuration has the token of \"%.*s\". To "
                    "log out, remove that block.",
                    STR_ARG(host));
        return 1;
    }
    bool is_stored = place == CREDENTIALS_IN_FILE ||
                     (place == CREDENTIALS_IN_HELPER &&
                      credentials_helper_token(&sources, host, cli->arena).len > 0);
    if (!is_stored) {
        terminal_print("No token of %.*s is stored.\n", STR_ARG(host));
        return 0;
    }
    if (!credentials_store_put(&sources, place, host, STR_EMPTY, cli->arena, diags))
        return 1;
    Str name = credentials_store_name(&sources, place, cli->arena);
    terminal_print("The token of %.*s is removed from %.*s.\n", STR_ARG(host), STR_ARG(name));
    return 0;
}

const Command cmd_logout = {
    .name = "logout",
    .summary = "Remove the stored token of a host",
    .usage = "[options] [HOST]",
    .about = "Removes the token that \"loam login\" stored. The token stays valid until the host "
             "revokes it. Without HOST, the host is app.terraform.io.",
    .example = "loam logout registry.example.com",
    .groups = {&option_view},
    .most_positionals = 1,
    .run = logout_run,
};
