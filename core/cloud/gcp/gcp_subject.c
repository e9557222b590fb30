/* gcp_subject: one function for each kind of source. */
#include "gcp_subject.h"
#include "gcp_subject_aws.h"
#include "json.h"
#include "log.h"
#include "problem.h"
#include "utf8.h"

#include <errno.h>

#define PROGRAM_MS     30000
#define PROGRAM_MS_MIN 5000
#define PROGRAM_MS_MAX 120000
#define OUTPUT_MAX     ((size_t)1 << 20)
#define SHOWN_MAX      500
#define ALLOWANCE      "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"

/* A text is the token, or a JSON object with the token in one member. */
static bool subject_from_text(Value source, Str text, Str *out, Str *problem, Arena *arena) {
    Value format, answer;
    Str name = STR_EMPTY;
    *out = str_trim(text);
    if (value_find_present(source, STR("format"), &format) && format.type->kind == KIND_OBJECT &&
        str_equal(value_text_at(format, STR("type")), STR("json"))) {
        name = value_text_at(format, STR("subject_token_field_name"));
        *out = json_parse_object(text, &answer, arena) ? value_text_at(answer, name) : STR_EMPTY;
    }
    if (out->len > 0)
        return true;
    return name.len == 0 ? problem_text(problem, "the source of the subject token is empty")
                         : problem_set(problem, arena,
                                       "the source of the subject token has no member \"%.*s\"",
                                       STR_ARG(name));
}

static bool subject_from_file(const GcpExchange *exchange, Value source, Str path, Str *out,
                              Str *problem, Arena *arena) {
    Str text;
    const Disk *disk = exchange->io->disk;
    int error = disk->read_file(disk->self, path, &text, arena);
    if (error)
        return problem_set(problem, arena,
                           "the file \"%.*s\" with the subject token cannot be read: %s",
                           STR_ARG(path), strerror(-error));
    return subject_from_text(source, text, out, problem, arena);
}

static bool subject_from_url(const GcpExchange *exchange, Value source, Str url, Str *out,
                             Str *problem, Arena *arena) {
    Value headers;
    HttpRequest request = {.url = url};
    HttpResponse response = {0};
    if (value_find_present(source, STR("headers"), &headers) && headers.type->kind == KIND_OBJECT) {
        for (size_t i = 0; i < headers.count; i++) {
            Str name = value_key_at(headers, i);
            Str text = value_text_at(headers, name);
            vec_push(arena, &request.headers, (HttpHeader){name, text});
        }
    }
    return gcp_token_request_send(exchange, &request, NULL, &response, problem, arena) &&
           subject_from_text(source, response.body, out, problem, arena);
}

typedef struct SubjectProgram {
    const GcpExchange *exchange;
    const GcpCredential *credential;
    Str command;
    Str output_file; /* the program may keep its answer there; empty: none */
    int64_t timeout_ms;
} SubjectProgram;

static const char *const *program_argv(Str command, Arena *arena) {
    StrVec words = {0};
    for (Str word; str_next_field(&command, ' ', &word);) {
        if (word.len > 0)
            vec_push(arena, &words, word);
    }
    const char **argv = arena_new_array(arena, const char *, words.count + 1);
    for (size_t i = 0; i < words.count; i++)
        argv[i] = str_to_cstr(words.items[i], arena);
    return argv;
}

static void program_add(StrVec *environment, const char *name, Str value, Arena *arena) {
    vec_push(arena, environment, str_format(arena, "%s=%.*s", name, STR_ARG(value)));
}

/* The account of "…/serviceAccounts/EMAIL:generateAccessToken". */
static Str program_account(Str url) {
    size_t slash = str_rfind_char(url, '/');
    Str name = slash == SIZE_MAX ? STR_EMPTY : str_after(url, slash + 1);
    return str_slice(name, 0, str_find_char(name, ':', 0));
}

static StrVec program_environment(const SubjectProgram *program, Arena *arena) {
    Value file = program->credential->file;
    StrVec out = {0};
    Str account = program_account(value_text_at(file, STR("service_account_impersonation_url")));
    program_add(&out, "GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE", value_text_at(file, STR("audience")),
                arena);
    program_add(&out, "GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE",
                value_text_at(file, STR("subject_token_type")), arena);
    program_add(&out, "GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE", STR("0"), arena);
    if (account.len > 0)
        program_add(&out, "GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL", account, arena);
    if (program->output_file.len > 0)
        program_add(&out, "GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE", program->output_file, arena);
    return out;
}

typedef struct ProgramOutput {
    StrBuf texts[2]; /* standard output, standard error */
} ProgramOutput;

static void program_keep_output(void *payload, Str piece, bool is_error) {
    StrBuf *text = &((ProgramOutput *)payload)->texts[is_error];
    strbuf_add(text, str_slice(piece, 0, OUTPUT_MAX - text->len));
}

/* Reads the answer of the program. `should_last`: reject an answer that has expired. */
static bool program_read(const SubjectProgram *program, Str text, Str *out, Str *problem,
                         Arena *arena) {
    const Clock *clock = program->exchange->io->clock;
    Value answer, value;
    int64_t version = 0, expires_s = 0;
    if (!json_parse_object(text, &answer, arena))
        return problem_text(problem, "the program that issues the subject token prints no JSON");
    if (!value_find_int(answer, STR("version"), &version) || version != 1)
        return problem_text(problem, "the answer of the program that issues the subject token has "
                                     "another version than 1");
    if (!value_find_present(answer, STR("success"), &value) || !value_is_true(value)) {
        Str said = str_format(arena, "%.*s %.*s", STR_ARG(value_text_at(answer, STR("code"))),
                              STR_ARG(value_text_at(answer, STR("message"))));
        return problem_set(problem, arena,
                           "the program that issues the subject token reports an error: %.*s",
                           STR_ARG(utf8_shorten(utf8_one_line(log_scrub_known(said, arena), arena),
                                                SHOWN_MAX, arena)));
    }
    if (value_find_int(answer, STR("expiration_time"), &expires_s) &&
        expires_s * 1000 <= clock->now_ms(clock->self))
        return problem_text(problem, "the subject token of the program has expired");
    *out = value_text_at(answer, STR("id_token"));
    if (out->len == 0)
        *out = value_text_at(answer, STR("saml_response"));
    return out->len > 0 || problem_text(problem, "the answer of the program has no subject token");
}

static bool program_is_kept(const SubjectProgram *program, Str *out, Arena *arena) {
    const Disk *disk = program->exchange->io->disk;
    Str text, ignored;
    return program->output_file.len > 0 &&
           disk->read_file(disk->self, program->output_file, &text, arena) == 0 &&
           program_read(program, text, out, &ignored, arena);
}

static bool program_run(const SubjectProgram *program, Str *out, Str *problem, Arena *arena) {
    const Process *process = program->exchange->io->process;
    StrVec environment = program_environment(program, arena);
    ProgramOutput output = {{strbuf_new(arena), strbuf_new(arena)}};
    ProcessRequest request = {
        .argv = program_argv(program->command, arena),
        .environment = &environment,
        .withheld = process_secrets,
        .ends_group = true,
        .timeout_ms = program->timeout_ms,
        .cancel = program->exchange->cancel,
        .output = program_keep_output,
        .payload = &output,
    };
    ProcessResult result = {0};
    Str name = str_from_cstr(request.argv[0]);
    int error = process->run(process->self, &request, &result, arena);
    if (error < 0)
        return problem_set(problem, arena, "the program \"%.*s\" cannot be started: %s",
                           STR_ARG(name), process_error(error));
    if (result.timed_out)
        return problem_set(problem, arena, "the program \"%.*s\" had not ended after %lld s",
                           STR_ARG(name), (long long)program->timeout_ms / 1000);
    if (result.exit_status != 0) {
        Str said = log_scrub_known(strbuf_str(&output.texts[1]), arena);
        said = utf8_shorten(utf8_one_line(said, arena), SHOWN_MAX, arena);
        return problem_set(problem, arena, "the program \"%.*s\" ended with status %d%s%.*s",
                           STR_ARG(name), result.exit_status, said.len ? " and said: " : "",
                           STR_ARG(said));
    }
    return program_read(program, strbuf_str(&output.texts[0]), out, problem, arena);
}

static bool subject_from_program(const GcpExchange *exchange, const GcpCredential *credential,
                                 Value source, Str *out, Str *problem, Arena *arena) {
    Value timeout;
    SubjectProgram program = {
        .exchange = exchange,
        .credential = credential,
        .command = str_trim(value_text_at(source, STR("command"))),
        .output_file = value_text_at(source, STR("output_file")),
        .timeout_ms = PROGRAM_MS,
    };
    if (!str_equal(process_variable(exchange->io->process, ALLOWANCE), STR("1")))
        return problem_set(problem, arena,
                           "%.*s names a program, which may run only if " ALLOWANCE " is 1",
                           STR_ARG(credential->origin));
    if (program.command.len == 0)
        return problem_set(problem, arena, "%.*s names no command", STR_ARG(credential->origin));
    if (value_find_present(source, STR("timeout_millis"), &timeout) &&
        (!value_find_int(source, STR("timeout_millis"), &program.timeout_ms) ||
         program.timeout_ms < PROGRAM_MS_MIN || program.timeout_ms > PROGRAM_MS_MAX))
        return problem_set(problem, arena,
                           "%.*s has a \"timeout_millis\" that is not from 5000 to 120000",
                           STR_ARG(credential->origin));
    return program_is_kept(&program, out, arena) || program_run(&program, out, problem, arena);
}

bool gcp_subject_token(const GcpExchange *exchange, const GcpCredential *credential, Str *out,
                       Str *problem, Arena *arena) {
    Value source, program;
    if (!value_find_present(credential->file, STR("credential_source"), &source) ||
        source.type->kind != KIND_OBJECT)
        return problem_set(problem, arena, "%.*s has no \"credential_source\"",
                           STR_ARG(credential->origin));
    Str path = value_text_at(source, STR("file"));
    Str url = value_text_at(source, STR("url"));
    if (value_text_at(source, STR("environment_id")).len > 0)
        return gcp_subject_aws_token(exchange, credential, source, out, problem, arena);
    if (path.len > 0)
        return subject_from_file(exchange, source, path, out, problem, arena);
    if (url.len > 0)
        return subject_from_url(exchange, source, url, out, problem, arena);
    if (value_find_present(source, STR("executable"), &program) &&
        program.type->kind == KIND_OBJECT)
        return subject_from_program(exchange, credential, program, out, problem, arena);
    return problem_set(problem, arena,
                       "%.*s has a \"credential_source\" without \"file\", \"url\", "
                       "\"executable\" or \"environment_id\"",
                       STR_ARG(credential->origin));
}
