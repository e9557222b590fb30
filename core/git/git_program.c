#include "git_program.h"

#include "process_secrets.h"
#include "utf8.h"

#include <errno.h>

#define LINES_SHOWN  6
#define BYTES_SHOWN  ((size_t)4000)
#define WORDS_MAX    40
#define MESSAGES_MAX ((size_t)1 << 20)

/* Variables that git sets for hooks; they would direct git to the user's repository. Credential
 * helpers get all variables but the secrets that only loam needs. */
static const char *const of_hooks[] = {
    SECRETS_OF_STORES,      "GIT_DIR",
    "GIT_WORK_TREE",        "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",        "GIT_COMMON_DIR",
    "GIT_PREFIX",           NULL,
};
/* Settings and secrets of the user that an isolated run must not see. */
static const char *const of_user[] = {
    "GIT_", "SSH_", "GCM_", "XDG_CONFIG_HOME", "LC_", "LANG", SECRETS_OF_LOAM, SECRETS_OF_CLOUDS,
    NULL,
};

typedef struct GitOutput {
    StrBuf out;
    StrBuf err;
    bool is_cut;
} GitOutput;

/* Keeps the end of the messages, which has the reason of a failure. */
static void collect_message(StrBuf *text, Str piece) {
    if (text->len + piece.len > MESSAGES_MAX) {
        size_t kept = text->len / 2;
        memmove(text->ptr, text->ptr + text->len - kept, kept);
        text->len = kept;
    }
    strbuf_add(text, piece);
}

static void program_collect(void *payload, Str piece, bool is_error) {
    GitOutput *output = payload;
    size_t room = GIT_PROGRAM_OUTPUT_MAX - output->out.len;
    if (is_error) {
        collect_message(&output->err, piece);
        return;
    }
    output->is_cut |= piece.len > room;
    strbuf_add(&output->out, str_slice(piece, 0, room));
}

static int64_t program_time_left_ms(const GitProgram *git) {
    if (!git->deadline_ms)
        return GIT_PROGRAM_MS;
    int64_t left = git->deadline_ms - git->io->clock->monotonic_ms(git->io->clock->self);
    return left > 0 ? left : 1;
}

bool git_program_run(const GitProgram *git, const char *const *words, Str input, GitRun *out) {
    const char *argv[WORDS_MAX + 1] = {"git"};
    for (size_t count = 1; *words; words++) {
        CHECK(count < WORDS_MAX);
        argv[count++] = *words;
    }
    GitOutput output = {.out = strbuf_new(git->arena), .err = strbuf_new(git->arena)};
    ProcessRequest request = {
        .argv = argv,
        .directory = git->directory,
        .environment = git->environment,
        .withheld = git->is_isolated ? of_user : of_hooks,
        .secret = git->secret,
        .input = input,
        .timeout_ms = program_time_left_ms(git),
        .cancel = git->cancel,
        .output = program_collect,
        .payload = &output,
    };
    const Process *process = git->io->process;
    ProcessResult result = {0};
    int error = process->run(process->self, &request, &result, git->arena);
    *out = (GitRun){
        .error = error,
        .exit_status = result.exit_status,
        .timed_out = result.timed_out,
        .is_cut = output.is_cut,
        .out = strbuf_str(&output.out),
        .err = strbuf_str(&output.err),
    };
    return !error && !result.exit_status && !result.timed_out && !output.is_cut;
}

Str git_program_problem(const GitProgram *git, const GitRun *run) {
    if (run->error == -ECANCELED || cancel_level(git->cancel) != CANCEL_NONE)
        return STR("interrupted");
    if (run->error == -ENOENT)
        return STR("the program git is not installed. It is required to access repositories");
    if (run->error)
        return str_format(git->arena, "git cannot be run: %s", process_error(run->error));
    if (run->timed_out)
        return STR("git did not complete in time");
    if (run->is_cut && !run->exit_status)
        return STR("git printed more than 64 MiB");
    return STR_EMPTY;
}

Str git_program_tail(Str output, Arena *arena) {
    Str text = str_trim(output);
    size_t start = text.len;
    for (int lines = 0; start > 0 && lines < LINES_SHOWN; lines++) {
        size_t newline = str_rfind_char(str_slice(text, 0, start), '\n');
        start = newline == SIZE_MAX ? 0 : newline;
    }
    text = utf8_shorten(utf8_indented(str_after(text, start), arena), BYTES_SHOWN, arena);
    return str_starts_with(text, STR("\n")) ? text : str_concat(STR(" "), text, arena);
}

void git_program_add_setting(StrBuf *file, const char *name, Str text) {
    strbuf_add_format(file, "\t%s = \"", name);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"' || c == '\\')
            strbuf_add_char(file, '\\');
        if (c == '\n')
            strbuf_add_cstr(file, "\\n");
        else
            strbuf_add_char(file, c);
    }
    strbuf_add_cstr(file, "\"\n");
}
