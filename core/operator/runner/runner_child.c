#include "runner_child.h"

#include <signal.h>
#include <unistd.h>

#define STATUS_NOT_STARTED 126

static void pass_on(void *payload, Str piece, bool is_error) {
    (void)payload;
    for (ssize_t written; piece.len > 0; piece = str_after(piece, (size_t)written)) {
        written = write(is_error ? 2 : 1, piece.ptr, piece.len);
        if (written <= 0)
            return; /* the log of the container is gone: the command goes on */
    }
}

typedef struct ChildOutput {
    StrBuf out;
} ChildOutput;

static void collect(void *payload, Str piece, bool is_error) {
    ChildOutput *output = payload;
    if (is_error)
        pass_on(NULL, piece, true);
    else
        strbuf_add(&output->out, piece);
}

bool runner_child(Runner *runner, RunnerChild *child) {
    const char *argv[32] = {"loam"};
    ChildOutput output = {strbuf_new(runner->arena)};
    ProcessResult result = {0};
    size_t count = 1;
    int error;
    for (const char *const *word = child->words; *word && count < ARRAY_COUNT(argv) - 1; word++)
        argv[count++] = *word;
    error = runner->io->process->run(runner->io->process->self,
                                     &(ProcessRequest){
                                         .argv = argv,
                                         .file = str_to_cstr(runner->program, runner->arena),
                                         .directory = runner->directory,
                                         .environment = &runner->environment,
                                         .ends_itself = true,
                                         .cancel = runner->cancel,
                                         .output = child->is_collected ? collect : pass_on,
                                         .payload = &output,
                                     },
                                     &result, runner->arena);
    child->status = error ? STATUS_NOT_STARTED : result.exit_status;
    child->out = strbuf_str(&output.out);
    return child->status == 0;
}

bool runner_child_json(Runner *runner, const char *const *words, Value *out) {
    RunnerChild child = {.words = words, .is_collected = true};
    return runner_child(runner, &child) && json_parse_object(child.out, out, runner->arena);
}
