/* Asks the user for approval. */
#include "cli.h"

bool prompt_approve(Cli *cli, const char *question, const char *description, const char *wanted,
                    Diags *diags) {
    RenderStyle style = terminal_style(&cli->terminal);
    const char *bold = style.color ? "\033[1m" : "";
    const char *reset = style.color ? "\033[0m" : "";
    Str accepts = str_format(cli->arena, "\n  Only '%s' will be accepted to approve.", wanted);
    bool is_said = strstr(description, "will be accepted") != NULL;
    terminal_print("\n%s%s%s\n  %s%.*s\n\n  %sEnter a value:%s ", bold, question, reset,
                   description, is_said ? 0 : (int)accepts.len, accepts.ptr, bold, reset);
    Str answer;
    TerminalAnswer answered = terminal_ask(&answer, cli->cancel, cli->arena);
    if (!style.peer || answered != ANSWER_END)
        terminal_print("\n");
    if (answered == ANSWER_END)
        diags_error(diags, NO_RANGE, "error asking for approval: EOF",
                    "Standard input has ended, so loam cannot ask for approval. To proceed without "
                    "approval, add -auto-approve.");
    return answered == ANSWER_GIVEN && str_equal_cstr(str_trim(answer), wanted);
}
