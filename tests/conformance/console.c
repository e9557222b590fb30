/* The line protocol of `loam console -json` by itself, for vectors: requests on standard input,
 * answers on standard output, no configuration. */
#include "console_json.h"
#include "functions.h"
#include "io.h"

int main(void) {
    SCOPED(ArenaRef) run = arena_open("run");
    SCOPED(ArenaRef) scratch = arena_open("scratch");
    Io io = io_real();
    Scope scope = {.functions = functions_table(run), .io = &io, .base_folder = STR(".")};
    scope.now_ms = (int64_t)time(NULL) * 1000;
    char *line = NULL;
    size_t size = 0;
    for (ssize_t length; (length = getline(&line, &size, stdin)) > 0;) {
        while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
            length--;
        Str answer = console_json_answer((Str){line, (size_t)length}, &scope, scratch);
        fwrite(answer.ptr, 1, answer.len, stdout);
        fputc('\n', stdout);
        fflush(stdout);
        arena_reset(scratch);
    }
    free(line);
    return 0;
}
