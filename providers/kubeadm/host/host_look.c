/* host_look: runs host_facts.sh, and reads its output. */
#include "host_look.h"
#include "path_error.h"
#include "remote_step.h"

#define LOOK_LAST  STR("\nend\n")
#define KEPT       "facts"
#define AGE_MAX_MS 30000 /* of facts that another object of the plan has read */

static bool host_look_parse(const SshLink *link, const SshResult *result, Str facts, HostFacts *out,
                            Diags *diags) {
    const Call *call = link->call;
    if (result->exit_status == 0 && host_facts_parse(facts, out, call->arena))
        return true;
    return path_error(call, NO_PATH, diags, "Facts not readable",
                      "The script that reads facts about %.*s ended with status %d. %.*s",
                      STR_ARG(link->target.host), result->exit_status,
                      STR_ARG(ssh_client_output_tail(result->err, result->out, call->arena)));
}

/* A plan reads the facts once for all objects on the machine. */
static bool host_look_recall(SshLink *link, HostLook *out) {
    const Call *call = link->call;
    const Clock *clock = call->io->clock;
    SshOutput kept;
    *out = (HostLook){0};
    if (!ssh_client_recall(link, KEPT, AGE_MAX_MS, &kept) ||
        !host_facts_parse(kept.text, &out->facts, call->arena))
        return false;
    int64_t age_ms = call_monotonic_ms(call) - kept.at_ms;
    out->skew_ms = out->facts.time_ms - (clock->now_ms(clock->self) - age_ms);
    return true;
}

/* A plan reads also the markers of other scripts, so that ssh_exec needs no command for them. */
static const char *script_after(const HostQuery *query, bool is_planning) {
    if (query)
        return query->script;
    return is_planning ? remote_step_list_script() : NULL;
}

SshStatus host_look_try(SshLink *link, const HostQuery *query, HostLook *out, bool *is_valid,
                        SshProblem *problem, Diags *diags) {
    const Call *call = link->call;
    const Clock *clock = call->io->clock;
    const char *after = script_after(query, call->is_planning);
    SshResult result;
    if (!query && host_look_recall(link, out)) {
        *is_valid = true;
        return SSH_DONE;
    }
    Str script = str_concat(str_from_cstr(host_facts_script()), str_from_cstr(after ? after : ""),
                            call->arena);
    SshCommand command = {
        .command =
            ssh_client_script(str_to_cstr(script, call->arena), query ? query->arguments : NULL,
                              query ? query->count : 0, call->arena),
        .timeout = ssh_client_timeout(link, CANCEL_STOP),
    };
    SshStatus status = ssh_client_exec(link, &command, &result, problem);
    int64_t end_ms = clock->now_ms(clock->self);
    *out = (HostLook){0};
    if (status == SSH_DONE) {
        size_t end = str_find(result.out, LOOK_LAST, 0);
        Str facts = end == SIZE_MAX ? result.out : str_slice(result.out, 0, end + LOOK_LAST.len);
        Str more = str_after(result.out, facts.len);
        *is_valid = host_look_parse(link, &result, facts, &out->facts, diags);
        if (*is_valid) {
            out->skew_ms = out->facts.time_ms - end_ms;
            out->more = query ? more : STR_EMPTY;
            ssh_client_keep(link, KEPT, facts);
            if (!query)
                remote_step_keep_list(link, more);
        }
    }
    ssh_client_end_reading(link);
    return status;
}

bool host_look(SshLink *link, const HostQuery *query, HostLook *out, Diags *diags) {
    SshProblem problem = {0};
    bool is_valid = false;
    SshStatus status = host_look_try(link, query, out, &is_valid, &problem, diags);
    if (status != SSH_DONE) {
        ssh_client_report(link, status, problem, diags);
        return false;
    }
    return is_valid;
}

bool host_look_certificates(SshLink *link, HostFacts *out, Diags *diags) {
    const Call *call = link->call;
    SshCommand command = {
        .command = ssh_client_script(host_facts_certificates_script(), NULL, 0, call->arena),
        .timeout = ssh_client_timeout(link, CANCEL_NOW),
    };
    SshResult result;
    return ssh_client_run(link, &command, &result, diags) &&
           host_look_parse(link, &result, result.out, out, diags);
}
