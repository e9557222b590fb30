/* etcd_rehearsal: the copy of the snapshot, and the script. */
#include "etcd_rehearsal.h"
#include "kubeadm_etcd_assets.h"
#include "path_error.h"
#include "remote_script.h"

#define DIRECTORY "/var/lib/loam/rehearse"

Str etcd_rehearsal_reason(Str result) {
    for (int words = 2; words > 0; words--) {
        size_t end = str_find_char(result, ' ', 0);
        result = end == SIZE_MAX ? STR_EMPTY : str_after(result, end + 1);
    }
    return result;
}

/* The script has three arguments; the last two are no input of a user. */
static bool run_script(SshLink *link, Str path, int64_t percent, SshResult *out, Diags *diags) {
    Arena *arena = link->call->arena;
    const Str arguments[] = {path, str_format(arena, "%lld", (long long)percent), STR_EMPTY};
    SshCommand command = {
        .command = ssh_client_script(etcd_rehearse_sh, arguments, ARRAY_COUNT(arguments), arena),
        .timeout = ssh_client_timeout(link, CANCEL_NOW),
    };
    return ssh_client_run(link, &command, out, diags);
}

static Str last_line(Str text) {
    Str line = str_trim(text);
    size_t end = str_rfind_char(line, '\n');
    return end == SIZE_MAX ? line : str_after(line, end + 1);
}

bool etcd_rehearsal_run(SshLink *link, EtcdSource *source, int64_t percent, Diags *diags) {
    const Call *call = link->call;
    Str path = STR_EMPTY;
    SshResult result;
    if (source) {
        path = str_format(call->arena, DIRECTORY "/%.*s.db", STR_ARG(source->head.id));
        call_progress(call, 0, 0, "copying the snapshot");
        if (!etcd_source_copy(source, link, path, diags))
            return false;
    }
    call_progress(call, 0, 0, "restoring the snapshot beside etcd");
    if (!run_script(link, path, percent, &result, diags))
        return false;
    Str line = last_line(result.out), reason = etcd_rehearsal_reason(line);
    if (result.exit_status == 0 && str_starts_with(line, STR("passed "))) {
        call_progress(
            call, 0, 0,
            str_to_cstr(str_concat(STR("rehearsed: "), reason, call->arena), call->arena));
        return true;
    }
    if (result.exit_status != 0 || !str_starts_with(line, STR("failed ")))
        return remote_script_report(link, "Snapshot not rehearsed", &result, diags);
    return path_error(call, NO_PATH, diags, "Rehearsal of the snapshot failed",
                      "%.*s Take another snapshot, and look at the disk and the etcd of %.*s.",
                      STR_ARG(reason), STR_ARG(link->target.host));
}
