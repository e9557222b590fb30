/* renewal_step: script renewal_step.sh. */
#include "renewal_step.h"
#include "kubeadm_renewal_assets.h"

#define SUFFIX "-renew"

bool renewal_step_run(SshLink *link, Str id, Diags *diags) {
    RemoteStep step = {
        .id = str_concat(id, STR(SUFFIX), link->call->arena),
        .script = str_from_cstr(renewal_step_sh),
        .title = "kubeadm certs renew",
    };
    RemoteStepResult result;
    if (!remote_step_run(link, &step, &result, diags))
        return false;
    bool is_good = remote_step_check(link, &step, &result, "kubeadm failed", diags);
    remote_step_try_remove(link, step.id);
    return is_good;
}
