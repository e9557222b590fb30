/* loam console */
#include "command.h"
#include "console.h"
#include "eval.h"
#include "front_end.h"
#include "line_editor.h"
#include "operation.h"
#include "render_secret.h"
#include "view_diag.h"
#include "view_outputs.h"

static const Option console_options[] = {
    {"json", OPTION_FLAG, NULL,
     "Read one JSON request per line and print one JSON response per line."},
    {"scope", OPTION_TEXT, "ADDRESS",
     "Evaluate expressions of this module instance, such as module.web[0]."},
};

/* Enters the module instance of -scope. */
static bool enter_scope(EngineConsole *console, Str text, Arena *arena, Diags *diags) {
    AddressTarget target = {0};
    if (text.len == 0)
        return true;
    if (!address_parse_target(text, &target, arena, diags))
        return false;
    if (!target.is_resource)
        return engine_console_enter(console, target.module, diags);
    return diags_fail(diags, NO_RANGE, "Invalid module address",
                      "\"%.*s\" is the address of a resource. Name a module instance, such as "
                      "module.web or module.web[0].",
                      STR_ARG(text));
}

/* Loads the configuration and the state. Not called without a configuration: expressions still work
 * then. */
static bool open_console(Project *project, Cli *cli, const Arguments *arguments,
                         EngineConsole **out, Diags *diags) {
    PlanOptions plan_options = {0};
    project->options.asks = true;
    if (!project_load(project, cli, arguments, NULL, diags) || !project_read_variables(project))
        return false;
    if (!project_open_state(project, LOCK_NONE))
        return false;
    plan_options.variables = &project->variables;
    return engine_console_open(&project->engine, &plan_options, project->state, out, cli->arena,
                               diags);
}

typedef struct Console {
    Cli *cli;
    const Scope *scope;
    const Map *secrets;   /* values to mask where their mark is missing */
    const Module *module; /* NULL: no configuration */
    LineEditor editor;    /* open if a person types at a terminal */
    StrBuf last;          /* piped input: the last result, printed at the end */
} Console;

/* Marks secrets in the value of a name as sensitive. The mark is set before evaluation, so
 * nonsensitive() can remove it. */
static bool console_look_up(const Scope *scope, const Traversal *traversal, Value *out,
                            size_t *used, Arena *arena, Diags *diags) {
    const Console *console = scope->self;
    const Scope *inner = console->scope;
    if (!inner->lookup(inner, traversal, out, used, arena, diags))
        return false;
    if (cli_name(console->cli)->peer)
        return true;
    Map own = map_new(arena); /* within the same value, short secrets count as well */
    render_secret_collect(*out, &own);
    *out = render_secret_mark(&own, render_secret_mark(console->secrets, *out, arena), arena);
    return true;
}

static bool console_evaluate(const Console *console, const SourceText *source, Value *out,
                             Arena *arena, Diags *diags) {
    const Expr *expr;
    Scope scope = *console->scope;
    scope.self = (void *)console;
    scope.lookup = console_look_up;
    return parser_parse_expression(source, console->cli->functions, &expr, arena, diags) &&
           eval_expr(expr, &scope, out, arena, diags);
}

/* Returns the number of open brackets. If there are any, the expression continues on the next
 * line. */
static int open_brackets(Str text) {
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && strchr("([{", c))
            depth++;
        else if (!quoted && strchr(")]}", c))
            depth--;
    }
    return depth;
}

/* Returns true for type(…) around the whole line, which only the console has; *inner is its
 * argument. */
static bool is_type_question(Str line, Str *inner) {
    Str call = STR("type(");
    if (!str_starts_with(line, call) || !str_ends_with(line, STR(")")))
        return false;
    for (size_t end = call.len; end < line.len; end++) {
        if (open_brackets(str_slice(line, 0, end)) == 0)
            return false;
    }
    *inner = str_slice(line, call.len, line.len - 1);
    return true;
}

/* Prints at once at a terminal. For piped input, replaces the previous result. */
static void console_print(Console *console, Str text) {
    if (console->cli->terminal.in_is_tty) {
        terminal_out(text);
        terminal_out(STR("\n"));
        return;
    }
    console->last.len = 0;
    strbuf_add(&console->last, text);
}

static void console_print_value(Console *console, Value value, bool asks_type, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    if (asks_type)
        strbuf_add(&text, console_type_to_str(value.type, arena));
    else if (value_has_mark(value, MARK_EPHEMERAL))
        strbuf_add_cstr(&text, "(ephemeral value)");
    else
        render_text_value(value, 0, terminal_style(&console->cli->terminal), &text, arena);
    console_print(console, strbuf_str(&text));
}

static bool evaluate_line(Console *console, Str line) {
    SCOPED(ArenaRef) arena = arena_open("console");
    Diags diags = diags_new(arena);
    bool asks_type = is_type_question(line, &line);
    const SourceText *source =
        source_text_new(STR("<console-input>"), str_clone(line, arena), arena);
    Value value;
    bool ok = console_evaluate(console, source, &value, arena, &diags);
    if (ok)
        console_print_value(console, value, asks_type, arena);
    for (size_t i = 0; i < diags.count; i++)
        view_diag_show_one(console->cli, &diags.items[i]);
    return ok;
}

static LineOutcome console_read_line(Console *console, bool continues, Str *out) {
    Cli *cli = console->cli;
    if (console->editor.complete)
        return line_editor_read(&console->editor, continues ? ": " : "> ", out, cli->arena);
    return terminal_read_line(out, cli->arena) ? LINE_READ : LINE_END;
}

static void cmd_console_complete(const void *payload, Str before, size_t *start, StrVec *out,
                                 Arena *arena) {
    const Console *console = payload;
    ConsoleWords words = {console->module, console->scope, console->cli->functions};
    console_complete(&words, before, start, out, arena);
}

static const char help[] =
    "Type an expression to see its value: 1 + 2, upper(\"a\"), var.NAME, local.NAME,\n"
    "TYPE.NAME, data.TYPE.NAME, module.NAME.OUTPUT. type(EXPRESSION) shows a value's type.\n"
    "After an open bracket the expression continues on the next line. At a terminal, Tab "
    "completes,\n"
    "Up recalls earlier input, Control-C clears the line. \"exit\" or end of input ends the "
    "console.";

/* Words such as "exit" are no expressions. */
static bool console_is_word(Str line, const char *word) {
    return str_equal_cstr(str_trim(line), word);
}

/* Evaluates one or several lines that belong together. Returns false after an error that ends the
 * console. */
static bool evaluate_lines(Console *console, Str lines) {
    bool is_typed = console->cli->terminal.in_is_tty;
    lines = str_trim(lines);
    if (lines.len > 0)
        return evaluate_line(console, lines) || is_typed;
    if (!is_typed)
        console_print(console, STR_EMPTY); /* as in Terraform, a blank line has an empty result */
    return true;
}

static int run_lines(Console *console) {
    Cli *cli = console->cli;
    StrBuf logical = strbuf_new(cli->arena);
    Str line;
    LineOutcome outcome;
    console->last = strbuf_new(cli->arena);
    while ((outcome = console_read_line(console, logical.len > 0, &line)) != LINE_END) {
        if (outcome == LINE_CLEARED) {
            logical = strbuf_new(cli->arena);
            continue;
        }
        if (logical.len == 0 && console_is_word(line, "exit"))
            return 0;
        if (logical.len == 0 && console_is_word(line, "help")) {
            console_print(console, str_from_cstr(help));
            continue;
        }
        if (logical.len > 0)
            strbuf_add_char(&logical, '\n');
        strbuf_add(&logical, line);
        if (open_brackets(strbuf_str(&logical)) > 0)
            continue;
        Str whole = strbuf_str(&logical);
        logical = strbuf_new(cli->arena);
        if (!evaluate_lines(console, whole))
            return 1;
    }
    if (logical.len > 0 && !evaluate_lines(console, strbuf_str(&logical)))
        return 1;
    if (!cli->terminal.in_is_tty) {
        terminal_out(strbuf_str(&console->last));
        terminal_out(STR("\n"));
    }
    return 0;
}

/* Uses the line editor at a terminal. For piped input, the first error ends the console. */
static int run_text(Console *console) {
    const Terminal *terminal = &console->cli->terminal;
    if (!terminal->in_is_tty || !terminal->out_is_tty)
        return run_lines(console);
    console->editor = (LineEditor){.complete = cmd_console_complete, .payload = console};
    int status = run_lines(console);
    line_editor_release(&console->editor);
    return status;
}

static int run_json(const Console *console) {
    Str line;
    SCOPED(ArenaRef) lines = arena_open("requests");
    while (terminal_read_line(&line, lines)) {
        SCOPED(ArenaRef) arena = arena_open("request");
        terminal_out(
            str_concat(console_json_answer(line, console->scope, arena), STR("\n"), arena));
        arena_reset(lines);
    }
    return 0;
}

static int console_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.options.ignores_versions = true};
    Map none = map_new(cli->arena);
    Scope plain = scope_from_map(&none, cli->functions);
    plain.io = &cli->io;
    plain.base_directory = STR(".");
    plain.now_ms = cli_now_ms(cli);
    Console console = {.cli = cli, .scope = &plain};
    if (!front_end_is_empty_dir(cli->io.disk, STR("."))) {
        EngineConsole *engine;
        if (!open_console(&project, cli, arguments, &engine, diags))
            return 1;
        if (!enter_scope(engine, option_text(arguments, "scope"), cli->arena, diags))
            return 1;
        console.scope = engine_console_scope(engine);
        console.module = engine_console_module(engine);
        console.secrets = state_secrets(&project.engine, project.state, cli->arena);
    } else if (option_is_given(arguments, "scope")) {
        diags_error(diags, NO_RANGE, "No configuration",
                    "-scope names a module, but this directory contains no configuration.");
        return 1;
    }
    return option_flag(arguments, "json") ? run_json(&console) : run_text(&console);
}

const Command cmd_console = {
    .name = "console",
    .summary = "Evaluate expressions",
    .usage = "[options]",
    .about =
        "Evaluates expressions with the configuration and the state, in the root module or in the "
        "module instance that -scope names. After an open bracket the expression continues on the "
        "next line. At a terminal, Tab completes functions, names and "
        "attributes, and Control-C clears the line. The history is kept in memory only. \"exit\" "
        "or end of input ends the console. If the input is piped, each line is an expression and "
        "only the last result is printed; the first error ends the console with exit status 1.",
    .example = "echo 'cidrhost(\"10.17.0.0/24\", 7)' | loam console",
    .groups = {OPTION_GROUP(console_options), &option_variables, &option_state, &option_environment,
               &option_view},
    .run = console_run,
};
