/* function_page: prints the reference of all functions, one heading per row. */
#include "function_page.h"

#include "function_json.h"

static void add_parameter(StrBuf *out, const Parameter *parameter, const char *end, Arena *arena) {
    Str type = type_to_constraint(parameter->type, arena);
    strbuf_add_format(out, "%s %.*s%s", parameter->name, STR_ARG(type), end);
}

/* Returns "join(separator string, lists list(string)...) string". */
static Str signature_of(const Function *function, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    strbuf_add_format(&out, "%s(", function->name);
    for (size_t i = 0; i < function->parameter_count; i++) {
        if (i > 0)
            strbuf_add_cstr(&out, ", ");
        add_parameter(&out, &function->parameters[i], "", arena);
    }
    if (function->variadic) {
        if (function->parameter_count > 0)
            strbuf_add_cstr(&out, ", ");
        add_parameter(&out, function->variadic, "...", arena);
    }
    Str result = type_to_constraint(function_json_result(function, arena), arena);
    strbuf_add_format(&out, ") %.*s", STR_ARG(result));
    return strbuf_str(&out);
}

static void add_parameter_note(StrBuf *out, const Parameter *parameter) {
    if (parameter->description)
        strbuf_add_format(out, "- `%s`: %s\n", parameter->name, parameter->description);
}

static bool has_notes(const Function *function) {
    for (size_t i = 0; i < function->parameter_count; i++) {
        if (function->parameters[i].description)
            return true;
    }
    return function->variadic && function->variadic->description;
}

static void add_function(StrBuf *out, const Function *function, Arena *arena) {
    Str signature = signature_of(function, arena);
    strbuf_add_format(out, "\n## %s\n\n%s\n\n```\n%.*s\n```\n", function->name,
                      function->description, STR_ARG(signature));
    if (has_notes(function)) {
        strbuf_add_char(out, '\n');
        for (size_t i = 0; i < function->parameter_count; i++)
            add_parameter_note(out, &function->parameters[i]);
        if (function->variadic)
            add_parameter_note(out, function->variadic);
    }
    if (function->example)
        strbuf_add_format(out, "\n```\n%s\n```\n", function->example);
}

void function_page_write(const FunctionTable *table, StrBuf *out, Arena *arena) {
    const Function **all = function_json_sorted(table, arena);
    strbuf_add_cstr(out, "# Functions\n"
                         "\n"
                         "For authors of expressions: each function with its parameters, its "
                         "result and an example. `any` is a value of any\n"
                         "type, or a type that depends on the arguments. A parameter before dots "
                         "can be repeated. `core::upper` is `upper`.\n");
    for (size_t i = 0; i < table->by_name.count; i++)
        add_function(out, all[i], arena);
}
