/* loam console */
#include "command.h"
#include "console_complete.h"
#include "console_json.h"
#include "console_type.h"
#include "eval.h"
#include "line_editor.h"
#include "operation.h"
#include "render_secret.h"
#include "state_object.h"
#include "view_diag.h"

static const Option options[] = {
    {"json", OPTION_FLAG, NULL, "One JSON request a line in, one answer a line out."},
};

/* Without configuration the console still calculates. */
static bool open_console(
    Project *project, Cli *cli, const Arguments *arguments, EngineConsole **out, Diags *diags) {
    PlanOptions plan_options = {0};
    project->asks = true;
    if (!project_load(project, cli, arguments, NULL, diags) || !project_read_variables(project))
        return false;
    if (!project_open_state(project, STR_EMPTY))
        return false;
    plan_options.variables = &project->variables;
    return engine_console_open(&project->engine, &plan_options, project->state, out, cli->arena,
                               diags);
}

typedef struct Console {
    Cli *cli;
    const Scope *scope;
    const Map *secrets;   /* what values must not show, though they have no mark */
    const Module *module; /* NULL: no configuration */
    LineEditor editor;    /* open where a person types */
} Console;

/* What is secret in the state, and may stand in another attribute without its mark. */
static const Map *collect_secrets(const Project *project, Arena *arena) {
    Map secrets = map_new(arena);
    StateResources resources = {0};
    state_sorted_resources(project->state, &resources, arena);
    vec_each(&resources, resource) {
        ResourceAddr address = (*resource)->address;
        const Schema *schema =
            engine_find_schema(&project->engine, address.mode, (*resource)->provider, address.type);
        vec_each(&(*resource)->instances, instance) {
            Diags ignored = diags_new(arena);
            Value value;
            if (schema && instance->current &&
                state_object_decode(instance->current, schema, &value, arena, &ignored))
                render_secret_collect(value, &secrets);
        }
    }
    return render_secret_shared(&secrets, arena);
}

/* Marks what a name means, so that nonsensitive() still shows it. */
static bool look_up(const Scope *scope,
                    const Traversal *traversal,
                    Value *out,
                    size_t *used,
                    Arena *arena,
                    Diags *diags) {
    const Console *console = scope->self;
    const Scope *inner = console->scope;
    if (!inner->lookup(inner, traversal, out, used, arena, diags))
        return false;
    Map own = map_new(arena); /* within it the short ones count as well */
    render_secret_collect(*out, &own);
    *out = render_secret_mark(&own, render_secret_mark(console->secrets, *out, arena), arena);
    return true;
}

static bool evaluate(
    const Console *console, const Source *source, Value *out, Arena *arena, Diags *diags) {
    const Expr *expr;
    Scope scope = *console->scope;
    scope.self = (void *)console;
    scope.lookup = look_up;
    return parser_parse_expression(source, console->cli->functions, &expr, arena, diags) &&
           eval_expr(expr, &scope, out, arena, diags);
}

/* Brackets that are still open ask for another line. */
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

/* type(…) around the whole line, which only the console knows: what stands within. */
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

static void print_value(const Console *console, Value value, bool asks_type, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    if (asks_type)
        strbuf_add(&text, console_type_to_str(value.type, arena));
    else if (value_has_mark(value, MARK_EPHEMERAL))
        strbuf_add_cstr(&text, "(ephemeral value)");
    else
        render_text_value(value, 0, terminal_style(&console->cli->terminal), &text, arena);
    strbuf_add_char(&text, '\n');
    terminal_out(strbuf_str(&text));
}

static bool answer(const Console *console, Str line) {
    SCOPED(ArenaRef) arena = arena_open("console");
    Diags diags = diags_new(arena);
    bool asks_type = is_type_question(line, &line);
    const Source *source = source_new(STR("<console-input>"), str_clone(line, arena), arena);
    Value value;
    bool ok = evaluate(console, source, &value, arena, &diags);
    if (ok)
        print_value(console, value, asks_type, arena);
    view_diag_show(console->cli, &diags);
    return ok;
}

static LineOutcome read_line(Console *console, bool continues, Str *out) {
    Cli *cli = console->cli;
    if (console->editor.state)
        return line_editor_read(&console->editor, continues ? ": " : "> ", out, cli->arena);
    return terminal_read_line(out, cli->arena) ? LINE_READ : LINE_END;
}

static void complete(const void *payload, Str before, size_t *start, StrVec *out, Arena *arena) {
    const Console *console = payload;
    ConsoleWords words = {console->module, console->scope, console->cli->functions};
    console_complete(&words, before, start, out, arena);
}

static const char help[] =
    "Type an expression and see its value: 1 + 2, upper(\"a\"), var.NAME, local.NAME,\n"
    "TYPE.NAME, data.TYPE.NAME, module.NAME.OUTPUT. type(EXPRESSION) shows a value's type.\n"
    "Open brackets ask for another line. At a terminal Tab completes the word, Up brings back\n"
    "what was typed, Control-C clears the line. \"exit\" or the end of input ends the console.\n";

/* Words that are no expressions. */
static bool is_word(Str line, const char *word) {
    return str_equal_cstr(str_trim(line), word);
}

static int run_lines(Console *console) {
    Cli *cli = console->cli;
    StrBuf logical = strbuf_new(cli->arena);
    Str line;
    LineOutcome outcome;
    while ((outcome = read_line(console, logical.len > 0, &line)) != LINE_END) {
        if (outcome == LINE_CLEARED) {
            logical = strbuf_new(cli->arena);
            continue;
        }
        if (logical.len == 0 && is_word(line, "exit"))
            return 0;
        if (logical.len == 0 && is_word(line, "help")) {
            terminal_out(str_from_cstr(help));
            continue;
        }
        if (logical.len > 0)
            strbuf_add_char(&logical, '\n');
        strbuf_add(&logical, line);
        if (open_brackets(strbuf_str(&logical)) > 0)
            continue;
        Str whole = str_trim(strbuf_str(&logical));
        logical = strbuf_new(cli->arena);
        if (whole.len > 0 && !answer(console, whole) && !cli->terminal.in_is_tty)
            return 1;
    }
    return 0;
}

/* At a terminal a person types; elsewhere the first error ends it. */
static int run_text(Console *console) {
    const Terminal *terminal = &console->cli->terminal;
    if (!terminal->in_is_tty || !terminal->out_is_tty)
        return run_lines(console);
    line_editor_open(&console->editor, complete, console, console->cli->arena);
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

static int run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {0};
    Map none = map_new(cli->arena);
    Scope plain = scope_from_map(&none, cli->functions);
    plain.io = &cli->io;
    plain.base_folder = STR(".");
    plain.now_ms = cli_now_ms(cli);
    Console console = {.cli = cli, .scope = &plain};
    if (!config_load_is_empty_folder(&cli->io, STR("."))) {
        EngineConsole *engine;
        if (!open_console(&project, cli, arguments, &engine, diags))
            return 1;
        console.scope = engine_console_scope(engine);
        console.module = project.config->root;
        console.secrets = collect_secrets(&project, cli->arena);
    }
    return option_flag(arguments, "json", false) ? run_json(&console) : run_text(&console);
}

const Command cmd_console = {
    .name = "console",
    .summary = "Evaluate expressions",
    .usage = "[options]",
    .about =
        "Evaluates expressions over the configuration and the state. Open brackets ask for "
        "another line. At a terminal Tab completes functions, names and attributes, Control-C "
        "clears the line, and what was typed is remembered in memory alone. Ends with \"exit\" "
        "or the end of input.",
    .groups = {OPTION_GROUP(options), &option_variables, &option_state, &option_environment,
               &option_view},
    .group_count = 5,
    .run = run,
};
