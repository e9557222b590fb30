/* Writes and removes files with scripts in POSIX sh. */
#include "ssh_upload.h"

#include "path_error.h"

/* clang-format off */

/* Arguments: path, length, mode, owner. The content comes on standard input. */
static const char write_script[] =
    "set -u\n"
    "umask 077\n"
    "p=$1\n"
    "if [ -d \"$p\" ]; then echo \"a folder stands there\" >&2; exit 93; fi\n"
    "f=${p%/*}\n"
    "[ -z \"$f\" ] || (umask 022; mkdir -p \"$f\") || exit 91\n"
    "t=$p.loam.$$\n"
    "trap 'rm -f \"$t\"' EXIT\n"
    /* The SSH client may be gone: then output would raise SIGPIPE and skip the cleanup. */
    "trap '' PIPE\n"
    "trap 'exit 95' HUP TERM\n"
    "cat >\"$t\" || exit 91\n"
    "if [ $(($(wc -c <\"$t\"))) -ne \"$2\" ]; then\n"
    "  echo \"the content did not arrive whole\" >&2\n"
    "  exit 92\n"
    "fi\n"
    "if [ -n \"$4\" ]; then chown \"$4\" \"$t\" || exit 94; fi\n"
    "chmod \"$3\" \"$t\" && mv -f \"$t\" \"$p\" || exit 91\n";

static const char remove_script[] =
    "if [ -d \"$1\" ]; then echo \"a folder stands there\" >&2; exit 93; fi\n"
    "rm -f \"$1\"\n";

/* clang-format on */

void ssh_upload_explain(
    const SshLink *link, const char *summary, Str path, const SshResult *result, Diags *diags) {
    Arena *arena = link->call->arena;
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, arena);
    Str words = ssh_client_last_words(result->err, result->out, arena);
    (void)path_error(link->call, PATH_AT(link->call, {"path"}), diags, summary,
                     "\"%.*s\" on %.*s, as the user \"%.*s\": the shell there gave up with status "
                     "%d. %.*s",
                     STR_ARG(path), STR_ARG(endpoint), STR_ARG(link->target.user),
                     result->exit_status, STR_ARG(words));
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
        .timeout = ssh_client_patience(link, CANCEL_NOW),
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
    if (!run_script(link, write_script, arguments, ARRAY_COUNT(arguments), upload->bytes, &result,
                    diags))
        return false;
    if (result.exit_status == 0)
        return true;
    ssh_upload_explain(link, "The file could not be written", upload->path, &result, diags);
    return false;
}

bool ssh_upload_remove(SshLink *link, Str path, Diags *diags) {
    SshResult result = {0};
    if (!run_script(link, remove_script, &path, 1, STR_EMPTY, &result, diags))
        return false;
    if (result.exit_status == 0)
        return true;
    ssh_upload_explain(link, "The file could not be removed", path, &result, diags);
    return false;
}
