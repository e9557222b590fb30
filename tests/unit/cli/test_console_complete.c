/* Completions of the last word of a line. */
#include "console.h"

#include "config.h"
#include "functions.h"
#include "unit.h"

static Resource first = {
    .mode = MODE_MANAGED, .type = STR_CONST("p_thing"), .name = STR_CONST("first")};
static Resource second = {
    .mode = MODE_MANAGED, .type = STR_CONST("p_thing"), .name = STR_CONST("second")};
static Resource looked = {.mode = MODE_DATA, .type = STR_CONST("p_look"), .name = STR_CONST("up")};

static void fill(Module *module, Arena *arena) {
    module->variables = map_new(arena);
    module->locals = map_new(arena);
    module->calls = map_new(arena);
    module->resources = map_new(arena);
    map_set(&module->variables, STR("size"), module);
    map_set(&module->variables, STR("shape"), module);
    map_set(&module->locals, STR("label"), module);
    map_set(&module->calls, STR("child"), module);
    map_set(&module->resources, STR("p_thing.first"), &first);
    map_set(&module->resources, STR("p_thing.second"), &second);
    map_set(&module->resources, STR("data.p_look.up"), &looked);
}

static Str completed(const Module *module, const char *line, Arena *arena) {
    const FunctionTable *functions = functions_table(NULL, arena);
    Map values = map_new(arena);
    Value item = value_from_cstr("x");
    Str names[] = {STR("sides"), STR("name")};
    Value items[] = {item, item};
    Value object = value_object(names, items, 2, arena);
    Value things[] = {object, object};
    Value list = value_tuple(things, 2, arena);
    Value map = value_map(&TYPE_STRING, (Str[]){STR("good"), STR("no good")}, items, 2, arena);
    map_set(&values, STR("thing"), &object);
    map_set(&values, STR("things"), &list);
    map_set(&values, STR("map"), &map);
    Scope scope = scope_from_map(&values, functions);
    ConsoleWords words = {module, &scope, functions};
    StrVec out = {0};
    size_t start;
    console_complete(&words, str_from_cstr(line), &start, &out, arena);
    return str_format(arena, "%zu %.*s", start,
                      STR_ARG(str_join(out.items, out.count, STR(" "), arena)));
}

static void test_words(void **) {
    static const struct {
        const char *line, *wanted;
    } cases[] = {
        {"upp", "0 upper("},
        {"1 + cidrh", "4 cidrhost("},
        {"core::uppe", "0 "},
        {"mod", "0 module."},
        {"p_", "0 p_thing."},
        {"x(var.s", "2 var.shape var.size"},
        {"var.x", "0 "},
        {"local.", "0 local.label"},
        {"module.c", "0 module.child"},
        {"path.", "0 path.cwd path.module path.root"},
        {"terraform.", "0 terraform.workspace"},
        {"p_thing.", "0 p_thing.first p_thing.second"},
        {"data.", "0 data.p_look."},
        {"[data.p_look.", "1 data.p_look.up"},
        {"thing.", "0 thing.name thing.sides"},
        {"1 + things[0].s", "4 things[0].sides"},
        {"f(things[ 1 ].n", "2 things[ 1 ].name"},
        {"map.", "0 map.good"},
        {"things[9].", "0 "},
        {"things].", "7 "},
        {"nothing.", "0 "},
        {".", "0 "},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    Module module = {0};
    fill(&module, arena);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(completed(&module, cases[i].line, arena), cases[i].wanted);
    check_str(completed(NULL, "var.", arena), "0 ");
    check_str(completed(NULL, "upp", arena), "0 upper(");
}

UNIT_MAIN(test_console_complete) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
