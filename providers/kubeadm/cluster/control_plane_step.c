/* control_plane_step: control_plane_step.sh, and its results. */
#include "control_plane_step.h"
#include "kubeadm_cluster_assets.h"
#include "log.h"
#include "object_builder.h"
#include "path_error.h"
#include "remote_script.h"
#include "remote_step.h"
#include "utf8.h"

#define SUFFIX      "-change"
#define TITLE       "the change of the control plane"
#define ROLLED_BACK 20
#define NOT_RUNNING 21

static Str environment_of(const ControlPlaneStep *step, bool restores, Arena *arena) {
    ObjectBuilder variables = object_builder_new(arena);
    Str seconds = str_format(arena, "%lld", (long long)(step->limit_ms / 1000));
    object_builder_put(&variables, STR("LOAM_RESTORE"), value_from_cstr(restores ? "yes" : ""));
    object_builder_put(&variables, STR("LOAM_FILES"), value_from_str(step->file_users));
    object_builder_put(&variables, STR("LOAM_PODS"), value_from_str(step->pods));
    object_builder_put(&variables, STR("LOAM_CERTIFICATE"),
                       value_from_cstr(step->is_certified ? "yes" : ""));
    object_builder_put(&variables, STR("LOAM_PKI"), value_from_str(step->pki));
    object_builder_put(&variables, STR("LOAM_SERVER"), value_from_str(step->server));
    object_builder_put(&variables, STR("LOAM_SECONDS"), value_from_str(seconds));
    return remote_step_environment(object_builder_map(&variables, &TYPE_STRING), arena);
}

bool control_plane_step_settle(SshLink *link, Str id, Diags *diags) {
    RemoteStep remote = {.id = str_concat(id, STR(SUFFIX), link->call->arena), .title = TITLE};
    RemoteStepResult result;
    if (!remote_step_recover(link, &remote, &result, diags))
        return false;
    if (result.state == REMOTE_STEP_RUNNING)
        return path_error(link->call, NO_PATH, diags, "Control plane still changes",
                          "An earlier run has started a change of %.*s, which has not ended. Apply "
                          "again later; \"timeouts\" lets loam wait longer.",
                          STR_ARG(link->target.host));
    return remote_step_remove(link, remote.id, diags);
}

/* The log of a component has its flags, whose values may be sensitive. */
static void report_failed_pod(const SshLink *link, const RemoteStepResult *result, Diags *diags) {
    const Call *call = link->call;
    Arena *arena = call->arena;
    Str log = utf8_indented(str_trim(utf8_strip_controls(result->err, arena)), arena);
    if (call->secrets)
        log = log_scrub(log, call->secrets, arena);
    bool runs = result->exit_status == ROLLED_BACK;
    (void)path_error(
        call, PATH_AT(call, {"cluster"}), diags, "Configuration of the control plane rejected",
        "%.*s on %.*s does not run with the new configuration. %s The end of its log:%s%.*s",
        STR_ARG(str_trim(result->out)), STR_ARG(link->target.host),
        runs ? "The former one is back, and its pods respond."
             : "The former one is back, but its pods do not respond either: look at the machine.",
        str_starts_with(log, STR("\n")) ? "" : " ", STR_ARG(log));
}

/* Runs the script; *is_pod: a pod did not respond. */
static bool run_step(SshLink *link, const ControlPlaneStep *step, bool restores,
                     RemoteStepResult *out, bool *is_pod, Diags *diags) {
    Arena *arena = link->call->arena;
    RemoteStep remote = {
        .id = str_concat(step->id, STR(SUFFIX), arena),
        .script = str_from_cstr(control_plane_step_sh),
        .environment = environment_of(step, restores, arena),
        .input = str_format(arena, "%.*s.\n%.*s", STR_ARG(step->file_lines), STR_ARG(step->config)),
        .title = TITLE,
    };
    *is_pod = false;
    if (!remote_step_run(link, &remote, out, diags))
        return false;
    if (out->state != REMOTE_STEP_RUNNING)
        remote_step_try_remove(link, remote.id);
    *is_pod = out->state == REMOTE_STEP_EXITED &&
              (out->exit_status == ROLLED_BACK || out->exit_status == NOT_RUNNING);
    return *is_pod || remote_step_check(link, &remote, out, "Control plane not changed", diags);
}

ControlPlaneResult control_plane_step_run(SshLink *link, const ControlPlaneStep *step,
                                          Diags *diags) {
    RemoteStepResult result;
    bool is_pod;
    if (!run_step(link, step, false, &result, &is_pod, diags))
        return CONTROL_PLANE_FAILED;
    if (!is_pod)
        return CONTROL_PLANE_CHANGED;
    report_failed_pod(link, &result, diags);
    return result.exit_status == ROLLED_BACK ? CONTROL_PLANE_ROLLED_BACK : CONTROL_PLANE_FAILED;
}

bool control_plane_step_restore(SshLink *link, const ControlPlaneStep *step, Diags *diags) {
    RemoteStepResult result;
    bool is_pod;
    if (!run_step(link, step, true, &result, &is_pod, diags))
        return false;
    if (is_pod && result.exit_status == NOT_RUNNING)
        report_failed_pod(link, &result, diags);
    return !is_pod || result.exit_status == ROLLED_BACK;
}

bool control_plane_step_place(SshLink *link, Str file_lines, Diags *diags) {
    RemoteScript script = {.text = control_files_place_sh, .input = file_lines};
    SshResult result;
    return remote_script_run(link, script, &result, diags) &&
           (result.exit_status == 0 ||
            remote_script_report(link, "Files of the control plane not placed", &result, diags));
}
