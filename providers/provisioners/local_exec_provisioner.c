/* local-exec: runs a command on the machine on which loam runs. */
#include "last_output.h"
#include "object_builder.h"
#include "provisioners.h"
#include "str_quote.h"

#include <errno.h>

static const Attribute local_exec_attributes[] = {
    {"command", &TYPE_STRING, REQUIRED | STARTS_PROGRAM, "Command line for the interpreter."},
    {"interpreter", &TYPE_LIST_OF_STRING, OPTIONAL | STARTS_PROGRAM,
     "Interpreter and its first arguments."},
    {"working_dir", &TYPE_STRING, OPTIONAL, "Working directory of the command."},
    {"environment", &TYPE_MAP_OF_STRING, OPTIONAL, "Additional environment variables."},
    {"quiet", &TYPE_BOOL, OPTIONAL, "Whether to hide the command itself."},
};

typedef VEC(const char *) Words;

static void exec_provisioner_add_word(Words *words, Str word, Arena *arena) {
    vec_push(arena, words, str_to_cstr(word, arena));
}

/* Returns the argument vector: interpreter, its arguments, the command. */
static Words exec_provisioner_words_of(Value config, Arena *arena) {
    Words words = {0};
    Value interpreter = object_attribute(config, "interpreter");
    bool has_own = value_is_present(interpreter) && interpreter.count > 0;
    if (has_own) {
        for (size_t i = 0; i < interpreter.count; i++) {
            if (value_is_present(value_at(interpreter, i)))
                exec_provisioner_add_word(&words, value_text(value_at(interpreter, i)), arena);
        }
    } else {
        exec_provisioner_add_word(&words, STR("/bin/sh"), arena);
        exec_provisioner_add_word(&words, STR("-c"), arena);
    }
    exec_provisioner_add_word(&words, object_text(config, "command", STR_EMPTY), arena);
    return words;
}

static StrVec exec_provisioner_environment_of(Value config, Arena *arena) {
    StrVec all = {0};
    Value map = object_attribute(config, "environment");
    for (size_t i = 0; value_is_present(map) && i < map.count; i++) {
        Value item = value_at(map, i);
        if (!value_is_present(item))
            continue;
        Str name = str_concat(value_key_at(map, i), STR("="), arena);
        Str text = str_concat(name, value_text(item), arena);
        vec_push(arena, &all, text);
    }
    return all;
}

static void exec_provisioner_announce(const ProvisionCall *call, const Words *words) {
    StrBuf line = strbuf_new(call->call.arena);
    const char *before = "Executing: [";
    vec_each(words, word) {
        Str quoted = str_quote(str_from_cstr(*word), call->call.arena);
        strbuf_add_format(&line, "%s%.*s", before, STR_ARG(quoted));
        before = " ";
    }
    strbuf_add_cstr(&line, "]\n");
    bool is_error = false;
    call->output(call->payload, strbuf_str(&line), is_error);
}

static bool explain_start(const char *program, Str directory, int error, Diags *diags) {
    return diags_fail(
        diags, NO_RANGE, "local-exec provisioner error",
        "\"%s\" could not be started%s%.*s%s: %s. Check \"interpreter\" and \"working_dir\".",
        program, directory.len ? " in \"" : "", STR_ARG(directory), directory.len ? "\"" : "",
        process_error(error));
}

static bool local_run(const ProvisionCall *call, Value config, Diags *diags) {
    Arena *arena = call->call.arena;
    Words words = exec_provisioner_words_of(config, arena);
    StrVec environment = exec_provisioner_environment_of(config, arena);
    LastOutput last = last_output_new(call);
    if (!object_bool(config, "quiet", false))
        exec_provisioner_announce(call, &words);
    const char *end = NULL;
    vec_push(arena, &words, end);
    ProcessRequest request = {
        .argv = words.items,
        .directory = object_text(config, "working_dir", STR_EMPTY),
        .environment = &environment,
        .cancel = call->call.cancel,
        .output = last_output_append,
        .payload = &last,
    };
    ProcessResult result = {0};
    const Process *process = call->call.io->process;
    int error = process->run(process->self, &request, &result, arena);
    if (error && error != -ECANCELED)
        return explain_start(words.items[0], request.directory, error, diags);
    if (error || call_is_cancelled(&call->call))
        return diags_fail(diags, NO_RANGE, "local-exec provisioner error",
                          "The command and its child processes were interrupted.");
    if (result.exit_status == 0)
        return true;
    return diags_fail(diags, NO_RANGE, "local-exec provisioner error",
                      "The command \"%.*s\" ended with status %d. %.*s",
                      STR_ARG(object_text(config, "command", STR_EMPTY)), result.exit_status,
                      STR_ARG(last_output_text(&last, arena)));
}

const ProvisionerType local_exec_provisioner = {
    .name = "local-exec",
    .schema = {SCHEMA_ATTRIBUTES(local_exec_attributes), .description = "Runs a local command."},
    .run = local_run,
};
