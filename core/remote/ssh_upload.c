/* Writes and removes files with the scripts ssh_upload_*.sh. */
#include "ssh_upload.h"

#include "path_error.h"
#include "remote_assets.h"

void ssh_upload_explain(
    const SshLink *link, const char *summary, Str path, const SshResult *result, Diags *diags) {
    Arena *arena = link->call->arena;
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, arena);
    Str words = ssh_client_last_words(result->err, result->out, arena);
    (void)path_error(
        link->call, PATH_AT(link->call, {"path"}), diags, summary,
        "\"%.*s\" on %.*s, as the user \"%.*s\": the shell failed with status %d. %.*s",
        STR_ARG(path), STR_ARG(endpoint), STR_ARG(link->target.user), result->exit_status,
        STR_ARG(words));
}

static bool run_script(SshLink *link,
                       const char *script,
                       const Str *arguments,
                       size_t count,
                       Str input,
                       SshResult *out,
                       Diags *diags) {
    SshCommand command = {
        .command = ssh_client_script(script, arguments, count, link->call->arena),
        .input = input,
        .timeout = ssh_client_timeout(link, CANCEL_NOW),
    };
    return ssh_client_run(link, &command, out, diags);
}

bool ssh_upload_write(SshLink *link, const SshUpload *upload, Diags *diags) {
    const Str arguments[] = {
        upload->path,
        str_format(link->call->arena, "%zu", upload->bytes.len),
        upload->mode,
        upload->owner,
    };
    SshResult result = {0};
    if (!run_script(link, ssh_upload_write_sh, arguments, ARRAY_COUNT(arguments), upload->bytes,
                    &result, diags))
        return false;
    if (result.exit_status == 0)
        return true;
    ssh_upload_explain(link, "File not written", upload->path, &result, diags);
    return false;
}

bool ssh_upload_remove(SshLink *link, Str path, Diags *diags) {
    SshResult result = {0};
    if (!run_script(link, ssh_upload_remove_sh, &path, 1, STR_EMPTY, &result, diags))
        return false;
    if (result.exit_status == 0)
        return true;
    ssh_upload_explain(link, "File not removed", path, &result, diags);
    return false;
}
