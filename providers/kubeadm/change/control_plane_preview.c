#include "control_plane_preview.h"
#include "kubeadm_change_assets.h"
#include "remote_script.h"

bool control_plane_preview_run(SshLink *link, Str pods, Str init, Str *out, Diags *diags) {
    Str input = str_format(link->call->arena, "%.*s\n%.*s", STR_ARG(pods), STR_ARG(init));
    RemoteScript script = {.text = control_plane_preview_sh, .input = input};
    SshResult result;
    if (!remote_script_run(link, script, &result, diags))
        return false;
    *out = result.out;
    return result.exit_status == 0 ||
           remote_script_report(link, "Static pods not compared", &result, diags);
}
