#include "aws_program.h"
#include "json.h"
#include "log.h"
#include "problem.h"
#include "utf8.h"

#define PROGRAM_TIMEOUT_MS 60000
#define OUTPUT_MAX         ((size_t)1 << 20) /* bytes kept of each stream */
#define SHOWN_MAX          2000              /* bytes of its standard error in a message */

typedef struct ProgramOutput {
    StrBuf texts[2]; /* standard output, standard error */
} ProgramOutput;

static void program_keep(void *payload, Str piece, bool is_error) {
    ProgramOutput *output = payload;
    StrBuf *text = &output->texts[is_error];
    strbuf_add(text, str_slice(piece, 0, OUTPUT_MAX - text->len));
}

static bool program_fail(Str why, Str *problem, Arena *arena) {
    return problem_set(problem, arena, "the program of credential_process %.*s", STR_ARG(why));
}

static bool check_end(const AwsLookup *lookup, const ProcessResult *result, Str *problem,
                      Arena *arena) {
    Str text =
        utf8_shorten(utf8_indented(log_scrub_known(result->err, arena), arena), SHOWN_MAX, arena);
    if (result->timed_out)
        return program_fail(STR("had not ended after a minute"), problem, arena);
    if (cancel_level(lookup->cancel) >= CANCEL_NOW)
        return program_fail(STR("was interrupted"), problem, arena);
    return result->exit_status == 0 ||
           program_fail(str_format(arena, "ended with status %d%s%.*s", result->exit_status,
                                   text.len ? " and said: " : "", STR_ARG(text)),
                        problem, arena);
}

static bool check_version(Str text, Str *problem, Arena *arena) {
    Value answer;
    int64_t number = 0;
    if (json_parse_object(text, &answer, arena))
        (void)value_find_int(answer, STR("Version"), &number);
    return number == 1 ||
           program_fail(STR("does not print a JSON object with Version 1"), problem, arena);
}

bool aws_program_keys(const AwsLookup *lookup, Str command, AwsKeys *out, Str *problem,
                      Arena *arena) {
    ProgramOutput output = {{strbuf_new(arena), strbuf_new(arena)}};
    const char *const argv[] = {"/bin/sh", "-c", str_to_cstr(command, arena), NULL};
    ProcessRequest request = {.argv = argv,
                              .withheld = process_secrets,
                              .timeout_ms = PROGRAM_TIMEOUT_MS,
                              .ends_group = true,
                              .cancel = lookup->cancel,
                              .output = program_keep,
                              .payload = &output};
    ProcessResult result = {0};
    Str why = STR_EMPTY;
    const Process *process = lookup->io->process;
    int error = process->run(process->self, &request, &result, arena);
    if (error < 0)
        return program_fail(str_format(arena, "cannot be started: %s", process_error(error)),
                            problem, arena);
    result.err = strbuf_str(&output.texts[1]);
    Str text = strbuf_str(&output.texts[0]);
    if (!check_end(lookup, &result, problem, arena) || !check_version(text, problem, arena))
        return false;
    return aws_keys_from_json(text, "SessionToken", out, &why, arena) ||
           program_fail(str_format(arena, "prints no keys: %.*s", STR_ARG(why)), problem, arena);
}
