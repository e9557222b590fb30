/* change_step: remote steps and the meaning of their status. */
#include "change_step.h"
#include "log.h"
#include "path_error.h"
#include "utf8.h"

#define ROLLED_BACK 20
#define NOT_RUNNING 21

bool change_step_settle(SshLink *link, const ChangeStep *step, Diags *diags) {
    RemoteStepResult result;
    if (!remote_step_recover(link, &step->remote, &result, diags))
        return false;
    if (result.state == REMOTE_STEP_RUNNING)
        return path_error(link->call, NO_PATH, diags, "Machine still changes",
                          "An earlier run has started %s on %.*s, which has not ended. Apply again "
                          "later; \"timeouts\" lets loam wait longer.",
                          step->remote.title, STR_ARG(link->target.host));
    return remote_step_remove(link, step->remote.id, diags);
}

ChangeOutcome change_step_run(SshLink *link, const ChangeStep *step, RemoteStepResult *out,
                              Diags *diags) {
    if (!remote_step_run(link, &step->remote, out, diags))
        return CHANGE_STEP_FAILED;
    bool has_ended = out->state == REMOTE_STEP_EXITED;
    if (has_ended)
        remote_step_try_remove(link, step->remote.id);
    if (has_ended && out->exit_status == ROLLED_BACK)
        return CHANGE_STEP_ROLLED_BACK;
    if (has_ended && out->exit_status == NOT_RUNNING)
        return CHANGE_STEP_NOT_RUNNING;
    return remote_step_check(link, &step->remote, out, step->failure, diags) ? CHANGE_STEP_DONE
                                                                             : CHANGE_STEP_FAILED;
}

/* Logs have flags and fields, whose values may be sensitive. */
Str change_step_log(const SshLink *link, const RemoteStepResult *result) {
    const Call *call = link->call;
    Arena *arena = call->arena;
    Str log = utf8_indented(str_trim(utf8_strip_controls(result->err, arena)), arena);
    if (call->secrets)
        log = log_scrub(log, call->secrets, arena);
    return str_starts_with(log, STR("\n")) ? log : str_concat(STR(" "), log, arena);
}
