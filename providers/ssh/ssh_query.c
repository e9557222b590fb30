/* ssh_query: runs a command and returns its output. */
#include "ssh_query.h"

#include "remote_step.h"
#include "ssh_provider_assets.h"
#include "str_quote.h"
#include "utf8.h"

#include <ctype.h>

Str ssh_query_check_environment(Value value, Arena *arena) {
    for (size_t i = 0; i < value.count; i++) {
        Str name = value.as.map->keys[i];
        bool is_good = name.len > 0 && !isdigit((unsigned char)name.ptr[0]);
        for (size_t at = 0; is_good && at < name.len; at++)
            is_good = isalnum((unsigned char)name.ptr[at]) || name.ptr[at] == '_';
        if (!is_good)
            return str_format(arena,
                              "%.*s is not a name of an environment variable: letters, digits and "
                              "\"_\", without a digit in front.",
                              STR_ARG(str_quote(name, arena)));
    }
    return STR_EMPTY;
}

static size_t count_lines(Str text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '\n';
    return count;
}

/* Sends environment and input through standard input, because all users can read the arguments of a
 * process. */
static SshCommand make_command(const SshLink *link, Value object, Str command) {
    Arena *arena = link->call->arena;
    Value environment = object_attribute(object, "environment");
    SshCommand made = {
        .command = str_concat(STR("sh -c "), ssh_quote(command, arena), arena),
        .input = object_text(object, "stdin", STR_EMPTY),
        .timeout = ssh_client_timeout(link, CANCEL_STOP),
    };
    if (!value_is_present(environment) || environment.count == 0)
        return made;
    Str variables = remote_step_environment(environment, arena);
    const Str words[] = {command, str_format(arena, "%zu", count_lines(variables))};
    made.command = ssh_client_script(ssh_query_run_sh, words, ARRAY_COUNT(words), arena);
    made.input = str_concat(variables, made.input, arena);
    return made;
}

bool ssh_query_run(const Call *call, Value object, Str command, SshResult *out, Str *deferred,
                   Diags *diags) {
    SCOPED(SshLink) link = {0};
    if (deferred)
        *deferred = STR_EMPTY;
    if (!ssh_client_link(call, object, &link, diags))
        return false;
    if (call->is_planning)
        ssh_client_limit_to_plan(&link);
    SshCommand running = make_command(&link, object, command);
    SshProblem problem = {0};
    SshStatus status = ssh_client_exec(&link, &running, out, &problem);
    if (deferred && call->is_planning && ssh_client_is_unreachable(&link, status)) {
        *deferred = ssh_client_describe_failure(&link, status, problem);
        return true;
    }
    if (status != SSH_DONE) {
        ssh_client_report(&link, status, problem, diags);
        return false;
    }
    if (!out->truncated)
        return true;
    return diags_fail(diags, NO_RANGE, "Command output too large",
                      "The command wrote more than 16 MiB. Change it to write less.");
}

Value ssh_query_result(Value object, const SshResult *result, Arena *arena) {
    ObjectBuilder builder = object_builder_of(object, arena);
    object_builder_set_text(&builder, "stdout", utf8_strip_controls(result->out, arena), arena);
    object_builder_set_text(&builder, "stderr", utf8_strip_controls(result->err, arena), arena);
    object_builder_set(&builder, "exit_status", value_int(result->exit_status));
    return object_builder_value(&builder);
}
