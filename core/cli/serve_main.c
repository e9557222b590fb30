/* serve_main: finds the provider, and serves it if Terraform has started this process. */
#include "main.h"

#include "builtin.h"
#include "foreign_server.h"
#include "io.h"
#include "log.h"
#include "terminal.h"
#include "version.h"

#include <errno.h>
#include <strings.h>
#include <unistd.h>

#define PREFIX "terraform-provider-"

Str serve_main_name(const char *program) {
    Str name = disk_name_of(str_from_cstr(program));
    if (!str_starts_with(name, STR(PREFIX)))
        return STR_EMPTY;
    name = str_after(name, sizeof PREFIX - 1);
    return str_slice(name, 0, str_find_char(name, '_', 0));
}

/* Terraform reads the log from standard error, a JSON object a line. */
static void serve_main_set_up_log(const Process *process) {
    static const struct {
        const char *name;
        LogLevel level;
    } levels[] = {
        {"TRACE", LOG_TRACE}, {"DEBUG", LOG_DEBUG}, {"INFO", LOG_INFO},
        {"WARN", LOG_WARN},   {"ERROR", LOG_ERROR}, {"JSON", LOG_TRACE},
    };
    Str wanted = process_variable(process, "TF_LOG_PROVIDER");
    if (wanted.len == 0)
        wanted = process_variable(process, "TF_LOG");
    log_set_format(LOG_FORMAT_JSON);
    for (size_t i = 0; i < ARRAY_COUNT(levels); i++) {
        if (wanted.len && strncasecmp(wanted.ptr, levels[i].name, strlen(levels[i].name)) == 0)
            log_set_level(levels[i].level);
    }
}

static bool serve_main_announce(void *, Str line) {
    while (line.len > 0) {
        ssize_t count = write(STDOUT_FILENO, line.ptr, line.len);
        if (count < 0 && errno != EINTR)
            return false;
        line = str_after(line, count > 0 ? (size_t)count : 0);
    }
    return true;
}

/* Only errors: before the handshake, Terraform shows this text to the user. */
static int serve_main_report(const Diags *diags, Arena *arena) {
    vec_each(diags, diag) {
        terminal_err(str_format(arena, "Error: %.*s\n\n%.*s\n", STR_ARG(diag->summary),
                                STR_ARG(diag->detail)));
    }
    return terminal_finish() ? 1 : 2;
}

static bool check_started_by_client(const Process *process, Str name, Diags *diags) {
    if (str_equal(process_variable(process, FOREIGN_SERVER_COOKIE),
                  STR(FOREIGN_SERVER_COOKIE_VALUE)))
        return true;
    return diags_fail(diags, NO_RANGE, "This program is a plugin",
                      "This is loam, called as the provider \"%.*s\" of Terraform. Terraform "
                      "starts it itself; it cannot be run from a command line. \"loam providers "
                      "link -help\" describes how Terraform finds it.",
                      STR_ARG(name));
}

int serve_main(Str name, Str plugin_directory, Arena *arena) {
    Io io = io_real();
    io.http = http_on_first_use(plugin_directory, arena);
    io.database = database_on_first_use(plugin_directory, arena);
    io.rpc = rpc_on_first_use(plugin_directory, arena);
    Registry *registry =
        registry_new(builtin_providers, builtin_provider_count, plugin_directory, arena);
    Diags diags = diags_new(arena);
    ForeignServing serving = {
        .io = &io, .version = STR(VERSION_LOAM), .announce = serve_main_announce};
    if (!check_started_by_client(io.process, name, &diags) ||
        !registry_find(registry, name, &serving.provider, NO_RANGE, &diags))
        return serve_main_report(&diags, arena);
    serve_main_set_up_log(io.process);
    if (!foreign_server_run(&serving, plugin_directory, &diags))
        return serve_main_report(&diags, arena);
    return 0;
}
