/* host_pause: one command of kubeadm, which needs no network for a version that it is given. */
#include "host_pause.h"
#include "kubeadm_host_assets.h"
#include "remote_script.h"

Str host_pause_image(SshLink *link, KubeVersion version, Str repository) {
    Arena *arena = link->call->arena;
    Diags ignored = diags_new(arena);
    SshResult result;
    Str number = kube_version_text(version, arena);
    RemoteScript script = {.text = host_pause_sh, .argument = &number, .input = repository};
    Str prefix = str_concat(repository, STR("/pause:"), arena);
    if (!remote_script_run(link, script, &result, &ignored) || result.exit_status != 0)
        return STR_EMPTY;
    Str image = str_trim(result.out);
    bool is_good = str_starts_with(image, prefix) && str_has_only(image, ":/-._@");
    return is_good ? image : STR_EMPTY;
}
