/* Measures reading and evaluating the language within one process.
 *   bench_language load DIR MS       the directory as a module, resources decoded by their schemas
 *   bench_language parse FILE MS     the file's text as one expression
 *   bench_language lines FILE MS     each of its lines as an expression of its own
 *   bench_language eval TEXT MS      a thousand evaluations of the expression */
#include "config_load.h"
#include "decode.h"
#include "eval.h"
#include "functions.h"
#include "stopwatch.h"
#include "terraform_provider.h"

#define EVALUATIONS 1000

typedef struct Bench {
    const FunctionTable *functions;
    Io io;
    Str text; /* argument of the command line */
    const Expr *expr;
    Scope scope;
} Bench;

static bool show(const Diags *diags) {
    for (size_t i = 0; i < diags->count; i++)
        fprintf(stderr, "%.*s: %.*s\n", STR_ARG(diags->items[i].summary),
                STR_ARG(diags->items[i].detail));
    return !diags_has_errors(diags);
}

static bool decode_resources(const Module *module, Arena *arena, Diags *diags) {
    const Decoded *decoded;
    bool ok = true;
    map_each(&module->resources, entry) {
        const Resource *resource = entry->value;
        ok &= decode_body(resource->body, &terraform_data.schema, &decoded, arena, diags);
    }
    return ok;
}

static bool load(void *payload) {
    const Bench *bench = payload;
    SCOPED(ArenaRef) arena = arena_open("load");
    Diags diags = diags_new(arena);
    ConfigRequest request = {
        .io = &bench->io,
        .directory = bench->text,
        .data_directory = STR(".loam"),
        .functions = bench->functions,
    };
    Config *config;
    bool ok = config_load(&request, &config, arena, &diags) &&
              decode_resources(config->root, arena, &diags);
    return show(&diags) && ok;
}

static bool read_text(const Bench *bench, Str *out, Arena *arena) {
    return bench->io.disk->read_file(bench->io.disk->self, bench->text, out, arena) == 0;
}

static bool parse(void *payload) {
    const Bench *bench = payload;
    SCOPED(ArenaRef) arena = arena_open("parse");
    Diags diags = diags_new(arena);
    const Expr *expr;
    Str text;
    if (!read_text(bench, &text, arena))
        return false;
    const SourceText *source = source_text_new(STR("text"), text, arena);
    return parser_parse_expression(source, bench->functions, &expr, arena, &diags) || show(&diags);
}

static bool parse_lines(void *payload) {
    const Bench *bench = payload;
    SCOPED(ArenaRef) arena = arena_open("parse");
    Diags diags = diags_new(arena);
    const Expr *expr;
    Str rest;
    Str line;
    bool ok = read_text(bench, &rest, arena);
    while (ok && str_next_field(&rest, '\n', &line)) {
        const SourceText *source = source_text_new(STR("text"), line, arena);
        ok = line.len == 0 ||
             parser_parse_expression(source, bench->functions, &expr, arena, &diags);
    }
    return show(&diags) && ok;
}

static Value object_of(const char *name, Value value, Arena *arena) {
    Str *names = arena_new_array(arena, Str, 1);
    Value *values = arena_new_array(arena, Value, 1);
    names[0] = str_from_cstr(name);
    values[0] = value;
    return value_object(names, values, 1, arena);
}

static void add_root(Map *roots, const char *root, Value value, Arena *arena) {
    Value *kept = arena_new(arena, Value);
    *kept = value;
    map_set(roots, str_from_cstr(root), kept);
}

static Map make_roots(Arena *arena) {
    Map roots = map_new(arena);
    add_root(&roots, "var", object_of("a", value_int(41), arena), arena);
    add_root(&roots, "count", object_of("index", value_int(7), arena), arena);
    add_root(&roots, "local", object_of("name", value_string(STR("worker"), arena), arena), arena);
    return roots;
}

static bool evaluate(void *payload) {
    const Bench *bench = payload;
    static Arena *scratch;
    Value value;
    if (!scratch)
        scratch = arena_open("scratch");
    for (int i = 0; i < EVALUATIONS; i++) {
        Diags diags = diags_new(scratch);
        if (!eval_expr(bench->expr, &bench->scope, &value, scratch, &diags))
            return show(&diags);
        arena_reset(scratch);
    }
    return true;
}

static bool prepare_evaluation(Bench *bench, Map *roots, Arena *arena) {
    Diags diags = diags_new(arena);
    *roots = make_roots(arena);
    bench->scope = scope_from_map(roots, bench->functions);
    const SourceText *source = source_text_new(STR("text"), bench->text, arena);
    return parser_parse_expression(source, bench->functions, &bench->expr, arena, &diags) ||
           show(&diags);
}

typedef struct Task {
    const char *name;
    bool (*run)(void *payload);
} Task;

static const Task tasks[] = {
    {"load", load},
    {"parse", parse},
    {"lines", parse_lines},
    {"eval", evaluate},
};

int main(int count, char **words) {
    SCOPED(ArenaRef) arena = arena_open("bench");
    Map roots;
    if (count != 4)
        return 2;
    Bench bench = {
        .functions = functions_table(NULL, arena),
        .io = io_real(),
        .text = str_from_cstr(words[2]),
    };
    for (size_t i = 0; i < ARRAY_COUNT(tasks); i++) {
        if (strcmp(words[1], tasks[i].name) != 0)
            continue;
        if (tasks[i].run == evaluate && !prepare_evaluation(&bench, &roots, arena))
            return 1;
        return stopwatch_print(tasks[i].run, &bench, strtol(words[3], NULL, 10)) ? 0 : 1;
    }
    return 2;
}
