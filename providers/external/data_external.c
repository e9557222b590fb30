/* data external: runs a program without a shell; it reads a JSON object of strings and writes
 * one. */
#include "external_provider.h"
#include "json.h"
#include "object_builder.h"
#include "path_error.h"
#include "utf8.h"

#include <errno.h>

#define SHOWN_MAX 4096

/* clang-format off */
static const Attribute attributes[] = {
    {"program",     &TYPE_LIST_OF_STRING, REQUIRED | STARTS_PROGRAM, "Program and its arguments, run without a shell."},
    {"working_dir", &TYPE_STRING,         OPTIONAL, "Working directory of the program (default: the current directory)."},
    {"query",       &TYPE_MAP_OF_STRING,  OPTIONAL, "Strings for the program, as a JSON object on its standard input. Null elements are omitted."},
    {"result",      &TYPE_MAP_OF_STRING,  COMPUTED, "Strings from the program, a JSON object on its standard output."},
    {"id",          &TYPE_STRING,         COMPUTED, "Always \"-\"."},
};
/* clang-format on */

static bool external_fail(const Call *call, Diags *diags, const char *summary, Str detail) {
    return path_error(call, PATH_AT(call, {"program"}), diags, summary, "%.*s", STR_ARG(detail));
}

static bool external_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    Value program = object_attribute(request->config, "program");
    return !value_is_present(program) || program.count > 0 ||
           external_fail(call, diags, "Invalid attribute value",
                         STR("The list must have at least one element: the program to run."));
}

/* Returns a NULL-terminated argument vector, without null and empty elements. */
static const char *const *external_arguments_of(Value program, size_t *count, Arena *arena) {
    const char **argv = arena_new_array(arena, const char *, program.count + 1);
    *count = 0;
    for (size_t i = 0; i < program.count; i++) {
        Value argument = value_at(program, i);
        if (value_is_present(argument) && value_text(argument).len > 0)
            argv[(*count)++] = str_to_cstr(value_text(argument), arena);
    }
    return argv;
}

static Str query_text(Value query, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    for (size_t i = 0; value_is_present(query) && i < query.count; i++) {
        if (value_is_present(value_at(query, i)))
            json_key_string(&writer, str_to_cstr(value_key_at(query, i), arena),
                            value_text(value_at(query, i)));
    }
    json_object_end(&writer);
    return strbuf_str(&text);
}

/* Returns the end of long output, which is more useful than its beginning. */
static Str external_shown(Str text) {
    text = str_trim(text);
    return text.len > SHOWN_MAX ? str_after(text, text.len - SHOWN_MAX) : text;
}

static bool external_explain(const Call *call, const char *name, const ProcessResult *result,
                             Diags *diags) {
    Str error_output = external_shown(result->err);
    StrBuf text = strbuf_new(call->arena);
    if (cancel_level(call->cancel) != CANCEL_NONE)
        strbuf_add_format(&text, "\"%s\" was interrupted.", name);
    else if (result->timed_out)
        strbuf_add_format(&text, "\"%s\" did not end in time and was stopped.", name);
    else
        strbuf_add_format(&text, "\"%s\" ended with status %d.", name, result->exit_status);
    if (error_output.len > 0)
        strbuf_add_format(&text, "\n\nIts error output: %.*s",
                          STR_ARG(utf8_indented(error_output, call->arena)));
    else
        strbuf_add_cstr(&text, " It wrote nothing to its error output.");
    return external_fail(call, diags, "External program failed", strbuf_str(&text));
}

static bool parse_result(const Call *call, const char *name, Str out, Value *result, Diags *diags) {
    const char *error = "";
    size_t offset;
    Value document;
    bool is_good = json_parse_any(out, &document, &error, &offset, call->arena) &&
                   value_is_present(document) && document.type->kind == KIND_OBJECT;
    ObjectBuilder builder = object_builder_new(call->arena);
    for (size_t i = 0; is_good && i < document.count; i++) {
        Value item = value_at(document, i);
        is_good = value_is_null(item) || item.type->kind == KIND_STRING;
        Value text = value_is_null(item) ? value_from_str(STR_EMPTY) : item;
        object_builder_put(&builder, value_key_at(document, i), text);
    }
    if (!is_good)
        return external_fail(
            call, diags, "Unexpected result of an external program",
            str_format(
                call->arena,
                "\"%s\" must write only one JSON object with string values to its standard output.",
                name));
    *result = object_builder_map(&builder, &TYPE_STRING);
    return true;
}

static bool external_read(const Call *call, const DataReadRequest *request,
                          DataReadResponse *response, Diags *diags) {
    size_t count;
    const Process *process = call->io->process;
    Value program = object_attribute(request->config, "program");
    const char *const *argv = external_arguments_of(program, &count, call->arena);
    if (count == 0)
        return external_fail(
            call, diags, "External program missing",
            STR("At least one element of the list must be neither null nor empty."));
    ProcessRequest started = {
        .argv = argv,
        .directory = object_text(request->config, "working_dir", STR_EMPTY),
        .input = query_text(object_attribute(request->config, "query"), call->arena),
        .timeout_ms = call_time_left_ms(call),
        .cancel = call->cancel,
    };
    ProcessResult ended = {0};
    call_progress(call, 0, 0, "running the program");
    int error = process->run(process->self, &started, &ended, call->arena);
    if (error)
        return external_fail(
            call, diags, "External program not started",
            str_format(call->arena,
                       "\"%s\": %s. The program must be executable, and be in a directory "
                       "of PATH or have a path, such as \"${path.module}/program\".",
                       argv[0], process_error(error)));
    if (ended.exit_status != 0 || ended.timed_out)
        return external_explain(call, argv[0], &ended, diags);
    Value result;
    if (!parse_result(call, argv[0], ended.out, &result, diags))
        return false;
    ObjectBuilder builder = object_builder_of(request->config, call->arena);
    object_builder_set(&builder, "result", result);
    object_builder_set(&builder, "id", value_from_str(STR("-")));
    response->state = object_builder_value(&builder);
    return true;
}

const DataSourceType data_external = {
    .mode = MODE_DATA,
    .name = "external",
    .schema = {SCHEMA_ATTRIBUTES(attributes),
               .description = "Runs a program with JSON input and output."},
    .validate = external_validate,
    .read = external_read,
};
