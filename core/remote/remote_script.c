#include "remote_script.h"

#include "path_error.h"

bool remote_script_run(SshLink *link, RemoteScript script, SshResult *out, Diags *diags) {
    SshCommand command = {
        .command = ssh_client_script(script.text, script.argument, script.argument ? 1 : 0,
                                     link->call->arena),
        .input = script.input,
        .timeout = ssh_client_timeout(link, CANCEL_NOW),
    };
    return ssh_client_run(link, &command, out, diags);
}

bool remote_script_report(const SshLink *link, const char *summary, const SshResult *result,
                          Diags *diags) {
    Arena *arena = link->call->arena;
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, arena);
    Str tail = ssh_client_output_tail(result->err, result->out, arena);
    Str end = result->signal.len > 0
                  ? str_format(arena, "signal %.*s ended the shell", STR_ARG(result->signal))
                  : str_format(arena, "the shell failed with status %d", result->exit_status);
    return path_error(link->call, NO_PATH, diags, summary, "On %.*s, %.*s. %.*s", STR_ARG(endpoint),
                      STR_ARG(end), STR_ARG(tail));
}
