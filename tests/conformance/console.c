/* A program with only the features that the vectors use: the line protocol of `loam console -json`
 * without configuration; with the argument "fmt" the formatting of one text, like `loam fmt -`. */
#include "console.h"
#include "fmt.h"
#include "functions.h"
#include "io.h"

static int lay_out(void) {
    SCOPED(ArenaRef) arena = arena_open("layout");
    StrBuf text = strbuf_new(arena);
    char buffer[4096];
    for (size_t got; (got = fread(buffer, 1, sizeof buffer, stdin)) > 0;)
        strbuf_add(&text, (Str){buffer, got});
    Diags diags = diags_new(arena);
    const SourceText *source = source_text_new(STR("<stdin>"), strbuf_str(&text), arena);
    Str out;
    if (!fmt_stream(source, &out, arena, &diags))
        return 2;
    fwrite(out.ptr, 1, out.len, stdout);
    return 0;
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "fmt") == 0)
        return lay_out();
    SCOPED(ArenaRef) run = arena_open("run");
    SCOPED(ArenaRef) scratch = arena_open("scratch");
    Io io = io_real();
    Scope scope = {.functions = functions_table(NULL, run), .io = &io, .base_directory = STR(".")};
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
