#include "local_command.h"

#include "nested_list.h"
#include "path_error.h"
#include "utf8.h"

static bool local_command_fail(const Call *call, Diags *diags, const char *summary, Str detail) {
    return path_error(call, PATH_AT(call, {"command"}), diags, summary, "%.*s", STR_ARG(detail));
}

static const char *const *local_command_arguments_of(Value config, Arena *arena) {
    StrVec texts = nested_list_texts(config, "arguments", arena);
    const char **argv = arena_new_array(arena, const char *, texts.count + 2);
    argv[0] = str_to_cstr(object_text(config, "command", STR_EMPTY), arena);
    for (size_t i = 0; i < texts.count; i++)
        argv[i + 1] = str_to_cstr(texts.items[i], arena);
    return argv;
}

static void local_command_set_text(ObjectBuilder *builder, const char *name, Str text,
                                   Arena *arena) {
    object_builder_set(builder, name,
                       text.len > 0 ? value_string(text, arena) : value_null(&TYPE_STRING));
}

bool local_command_run(const Call *call, Value config, Value *out, Diags *diags) {
    const Process *process = call->io->process;
    ProcessRequest request = {
        .argv = local_command_arguments_of(config, call->arena),
        .directory = object_text(config, "working_directory", STR_EMPTY),
        .input = object_text(config, "stdin", STR_EMPTY),
        .timeout_ms = call_time_left_ms(call),
        .cancel = call->cancel,
    };
    ProcessResult result = {0};
    call_progress(call, 0, 0, "running the command");
    int error = process->run(process->self, &request, &result, call->arena);
    if (error)
        return local_command_fail(
            call, diags, "Command not started",
            str_format(call->arena, "\"%s\": %s.", request.argv[0], process_error(error)));
    if (result.timed_out || cancel_level(call->cancel) != CANCEL_NONE)
        return local_command_fail(
            call, diags, "Command stopped",
            str_format(call->arena, "\"%s\" did not end in time, or the run was interrupted.",
                       request.argv[0]));
    Str error_output = str_trim(result.err);
    if (result.exit_status != 0 && !object_bool(config, "allow_non_zero_exit_code", false))
        return local_command_fail(
            call, diags, "Command failed",
            str_format(call->arena,
                       "\"%s\" ended with status %d. To accept that status, set "
                       "\"allow_non_zero_exit_code\".%s%.*s",
                       request.argv[0], result.exit_status,
                       error_output.len > 0 ? "\n\nIts error output: " : "",
                       STR_ARG(utf8_indented(error_output, call->arena))));
    ObjectBuilder builder = object_builder_of(config, call->arena);
    object_builder_set(&builder, "exit_code", value_int(result.exit_status));
    local_command_set_text(&builder, "stdout", result.out, call->arena);
    local_command_set_text(&builder, "stderr", result.err, call->arena);
    *out = object_builder_value(&builder);
    return true;
}
