/* kubeadm_step: scripts kubeadm_step_*.sh. */
#include "kubeadm_step.h"
#include "kube_release.h"
#include "kubeadm_cluster_assets.h"
#include "kubeadm_output.h"
#include "object_builder.h"
#include "path_error.h"

static RemoteStep step_of(const KubeadmStep *step, Arena *arena) {
    ObjectBuilder variables = object_builder_new(arena);
    object_builder_put(&variables, STR("LOAM_VERB"), value_from_cstr(step->verb));
    object_builder_put(&variables, STR("LOAM_MARK"), value_from_str(step->mark));
    if (step->etcd_directory.len)
        object_builder_put(&variables, STR("LOAM_DATA"), value_from_str(step->etcd_directory));
    if (step->restore) {
        object_builder_put(&variables, STR("LOAM_RESTORE"), value_from_str(step->restore->path));
        object_builder_put(&variables, STR("LOAM_SNAPSHOT"), value_from_str(step->restore->id));
        object_builder_put(&variables, STR("LOAM_NAME"), value_from_str(step->restore->name));
        object_builder_put(&variables, STR("LOAM_PEER"), value_from_str(step->restore->peer_url));
    }
    Value map = object_builder_map(&variables, &TYPE_STRING);
    return (RemoteStep){
        .id = step->id,
        .script = str_from_cstr(kubeadm_step_run_sh),
        .environment = remote_step_environment(map, arena),
        .input = step->config,
        .title = str_to_cstr(str_format(arena, "kubeadm %s", step->verb), arena),
    };
}

/* Adds the results of kubeadm's checks; returns whether one of them is an error. */
static bool step_add_notes(const SshLink *link, const RemoteStepResult *result, const char *title,
                           Diags *diags) {
    const Call *call = link->call;
    PreflightNotes notes = {0};
    bool has_error = false;
    kubeadm_output_preflight(result->err, &notes, call->arena);
    kubeadm_output_preflight(result->out, &notes, call->arena);
    vec_each(&notes, note) {
        Str hint = note->is_error ? kubeadm_output_hint(note->check) : STR_EMPTY;
        Str text = str_format(call->arena, "%.*s on %.*s: %.*s.%s%.*s", STR_ARG(note->check),
                              STR_ARG(link->target.host), STR_ARG(note->text), hint.len ? " " : "",
                              STR_ARG(hint));
        if (note->is_error)
            (void)path_error(call, NO_PATH, diags, "Check of kubeadm failed", "%s: %.*s", title,
                             STR_ARG(text));
        else
            path_warning(call, NO_PATH, diags, "Warning of kubeadm", "%s: %.*s", title,
                         STR_ARG(text));
        has_error |= note->is_error;
    }
    return has_error;
}

static KubeadmResult step_explain(const SshLink *link, const RemoteStep *step,
                                  const RemoteStepResult *result, Diags *diags) {
    if (step_add_notes(link, result, step->title, diags))
        return KUBEADM_REJECTED;
    if (result->state == REMOTE_STEP_EXITED && result->exit_status == 0)
        return KUBEADM_DONE;
    Str error = kubeadm_output_error(result->err);
    if (!error.len)
        return remote_step_check(link, step, result, "kubeadm failed", diags) ? KUBEADM_DONE
                                                                              : KUBEADM_FAILED;
    (void)path_error(link->call, NO_PATH, diags, "kubeadm failed", "%s on %.*s: %.*s.\n%.*s",
                     step->title, STR_ARG(link->target.host), STR_ARG(error),
                     STR_ARG(ssh_client_output_tail(result->err, result->out, link->call->arena)));
    return KUBEADM_FAILED;
}

/* Runs the step, and removes it from the machine if it fails. */
static KubeadmResult step_run(SshLink *link, const RemoteStep *step, Diags *diags) {
    RemoteStepResult result;
    if (!remote_step_run(link, step, &result, diags))
        return KUBEADM_UNREACHABLE;
    KubeadmResult outcome = step_explain(link, step, &result, diags);
    if (outcome != KUBEADM_DONE)
        remote_step_try_remove(link, step->id);
    return outcome;
}

KubeadmResult kubeadm_step_run(SshLink *link, const KubeadmStep *step, Diags *diags) {
    RemoteStep remote = step_of(step, link->call->arena);
    return step_run(link, &remote, diags);
}

bool kubeadm_step_recover(SshLink *link, Str id, const char *verb, RemoteStepState *state,
                          bool *is_good, Diags *diags) {
    KubeadmStep step = {.id = id, .verb = verb};
    RemoteStep remote = step_of(&step, link->call->arena);
    RemoteStepResult result;
    if (!remote_step_recover(link, &remote, &result, diags))
        return false;
    *state = result.state;
    *is_good = result.state == REMOTE_STEP_EXITED && result.exit_status == 0;
    return true;
}

#define UPGRADE_INFIX "-upgrade-"
#define RESET_SUFFIX  "-reset"
#define STAGE         "/var/lib/loam/stage" /* see kubelet_install.sh */
#define ROUNDS        "/var/lib/loam/rounds"
#define TIDY_MS       10000

static Str upgrade_id(Str id, KubeVersion version, Arena *arena) {
    return str_format(arena, "%.*s" UPGRADE_INFIX "v%.*s", STR_ARG(id),
                      STR_ARG(kube_version_text(version, arena)));
}

static Str reset_id(Str id, Arena *arena) {
    return str_concat(id, STR(RESET_SUFFIX), arena);
}

/* `id`: of the remote step; `directory`: of the programs of a round, empty: those of the machine.
 */
static bool run_upgrade(SshLink *link, const KubeadmUpgradeStep *upgrade, Str id, Str directory,
                        Diags *diags) {
    Arena *arena = link->call->arena;
    ObjectBuilder variables = object_builder_new(arena);
    bool is_apply = upgrade->kind == KUBEADM_UPGRADE_APPLY;
    Str text = is_apply ? str_concat(STR("v"), kube_version_text(upgrade->version, arena), arena)
                        : STR_EMPTY;
    object_builder_put(&variables, STR("LOAM_VERSION"), value_from_str(text));
    object_builder_put(&variables, STR("LOAM_FLAG"),
                       value_from_str(kube_release_removed_flag(upgrade->version)));
    object_builder_put(&variables, STR("LOAM_IGNORED"), value_from_str(upgrade->ignored));
    object_builder_put(&variables, STR("LOAM_ROUND"), value_from_str(directory));
    RemoteStep step = {
        .id = id,
        .script = str_from_cstr(kubeadm_step_upgrade_sh),
        .environment = remote_step_environment(object_builder_map(&variables, &TYPE_STRING), arena),
        .title = is_apply ? "kubeadm upgrade apply" : "kubeadm upgrade node",
    };
    return step_run(link, &step, diags) == KUBEADM_DONE;
}

/* Removes the step, and the directory of its programs. */
static void end_upgrade(SshLink *link, Str id, Str directory) {
    SshCommand command = {
        .command = str_concat(STR("rm -rf "), directory, link->call->arena),
        .timeout = {.timeout_ms = TIDY_MS, .cancel = link->call->cancel},
    };
    SshResult result;
    SshProblem problem;
    remote_step_try_remove(link, id);
    (void)ssh_client_exec(link, &command, &result, &problem);
}

bool kubeadm_step_upgrade(SshLink *link, const KubeadmUpgradeStep *upgrade, Diags *diags) {
    Str id = upgrade_id(upgrade->id, upgrade->version, link->call->arena);
    return run_upgrade(link, upgrade, id, STR_EMPTY, diags);
}

void kubeadm_step_end_upgrade(SshLink *link, Str id, KubeVersion version) {
    end_upgrade(link, upgrade_id(id, version, link->call->arena), STR(STAGE));
}

static Str round_id(Str node, KubeVersion version, Arena *arena) {
    return str_format(arena, "up-%.*s-%.*s", STR_ARG(kube_version_text(version, arena)),
                      STR_ARG(node));
}

Str kubeadm_step_round_directory(KubeVersion version, Arena *arena) {
    return str_format(arena, ROUNDS "/%.*s", STR_ARG(kube_version_text(version, arena)));
}

bool kubeadm_step_round(SshLink *link, const KubeadmUpgradeStep *upgrade, Diags *diags) {
    Arena *arena = link->call->arena;
    return run_upgrade(link, upgrade, round_id(upgrade->id, upgrade->version, arena),
                       kubeadm_step_round_directory(upgrade->version, arena), diags);
}

void kubeadm_step_end_round(SshLink *link, Str node, KubeVersion version) {
    Arena *arena = link->call->arena;
    end_upgrade(link, round_id(node, version, arena), kubeadm_step_round_directory(version, arena));
}

bool kubeadm_step_begin_reset(SshLink *link, Str id, Diags *diags) {
    RemoteStep step = {
        .id = reset_id(id, link->call->arena),
        .script = str_from_cstr(kubeadm_step_reset_sh),
        .title = "kubeadm reset",
    };
    RemoteStepResult result;
    if (!remote_step_run(link, &step, &result, diags))
        return false;
    bool is_good = remote_step_check(link, &step, &result, "kubeadm failed", diags);
    remote_step_try_remove(link, is_good ? id : step.id);
    return is_good;
}

void kubeadm_step_end_reset(SshLink *link, Str id) {
    remote_step_try_remove(link, reset_id(id, link->call->arena));
}

bool kubeadm_step_reset(SshLink *link, Str id, Diags *diags) {
    if (!kubeadm_step_begin_reset(link, id, diags))
        return false;
    kubeadm_step_end_reset(link, id);
    return true;
}

static bool has_step(const StrVec *markers, Str id, const char *part) {
    vec_each(markers, marker) {
        if (str_starts_with(*marker, id) &&
            str_starts_with(str_after(*marker, id.len), str_from_cstr(part)))
            return true;
    }
    return false;
}

bool kubeadm_step_has_upgrade(const StrVec *markers, Str id) {
    return has_step(markers, id, UPGRADE_INFIX);
}

bool kubeadm_step_has_reset(const StrVec *markers, Str id) {
    return has_step(markers, id, RESET_SUFFIX);
}
