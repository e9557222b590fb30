#include "crypt_command.h"
#include "record.h"
#include "secret.h"

#define COMMAND_TIMEOUT_MS 60000
#define SHOWN_MAX          2000 /* bytes of its standard error in a message */

bool crypt_command_report(const CryptCommand *command, const char *why, Diags *diags) {
    return diags_fail(diags, command->range, "External encryption program failed",
                      "The program of %.*s failed: %s.", STR_ARG(command->name), why);
}

Str crypt_command_check(Value argv, Arena *) {
    bool is_good = argv.count > 0 && value_is_present(value_at(argv, 0)) &&
                   value_text(value_at(argv, 0)).len > 0;
    for (size_t i = 0; is_good && i < argv.count; i++)
        is_good = value_is_present(value_at(argv, i));
    return is_good ? STR_EMPTY
                   : STR("The value must be a program and its arguments, without null.");
}

static const char *const *crypt_command_arguments_of(Value argv, Arena *arena) {
    const char **arguments = arena_new_array(arena, const char *, argv.count + 1);
    for (size_t i = 0; i < argv.count; i++)
        arguments[i] = str_to_cstr(value_text(value_at(argv, i)), arena);
    return arguments;
}

/* The first line; later versions may have more members. */
typedef struct Header {
    Str magic;
    uint64_t version;
} Header;

static const RecordRow header_rows[] = {
    ROW_TEXT(Header, "magic", magic, .flags = ROW_LENIENT),
    ROW_UINT64(Header, "version", version),
};
static const Record header_record = RECORD(Header, header_rows);

static bool is_header(const CryptCommand *command, Str line, Arena *scratch) {
    Header header = {0};
    JsonReader reader = json_reader_new(line, scratch);
    RecordReader reading = {.reader = &reader, .arena = scratch};
    return record_decode(&reading, &header_record, json_next(&reader), &header) &&
           header.version == 1 && str_equal_cstr(header.magic, command->magic);
}

static bool crypt_command_check_result(const CryptCommand *command, const ProcessResult *result,
                                       Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("encryption program");
    if (result->timed_out)
        return crypt_command_report(command, "it did not end within a minute", diags);
    if (result->exit_status == 0)
        return true;
    Str said = str_slice(str_trim(result->err), 0, SHOWN_MAX);
    Str why = str_format(scratch, "it ended with status %d%s%.*s", result->exit_status,
                         said.len ? " and reported:\n" : "", STR_ARG(said));
    return crypt_command_report(command, str_to_cstr(why, scratch), diags);
}

bool crypt_command_run(const CryptCommand *command, Str input, Str *out, Arena *arena,
                       Diags *diags) {
    ProcessRequest request = {
        .argv = crypt_command_arguments_of(command->argv, arena),
        .input = input,
        .timeout_ms = COMMAND_TIMEOUT_MS,
        .cancel = command->cancel,
    };
    ProcessResult result = {0};
    const Process *process = command->io->process;
    int error = process->run(process->self, &request, &result, arena);
    if (error < 0)
        return crypt_command_report(command, process_error(error), diags);
    if (!crypt_command_check_result(command, &result, diags)) {
        secret_wipe(result.out);
        return false;
    }
    size_t end = str_find_char(result.out, '\n', 0);
    SCOPED(ArenaRef) scratch = arena_open("encryption program");
    if (end == SIZE_MAX || !is_header(command, str_slice(result.out, 0, end), scratch)) {
        secret_wipe(result.out);
        Str why = str_format(scratch, "its first line is not {\"magic\":\"%s\",\"version\":1}",
                             command->magic);
        return crypt_command_report(command, str_to_cstr(why, scratch), diags);
    }
    *out = str_after(result.out, end + 1);
    return true;
}
