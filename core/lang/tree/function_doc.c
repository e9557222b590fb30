/* Writes function signatures as JSON, and the reference of all functions with a heading per row.
 * Reads only the rows of the function tables. */
#include "function_doc.h"

#include "function.h"
#include "json.h"
#include "scope.h"

static int doc_compare_names(const void *a, const void *b) {
    const Function *const *left = a;
    const Function *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

static const Function **sorted_functions(const FunctionTable *table, Arena *arena) {
    const Function **all = arena_new_array(arena, const Function *, table->by_name.count);
    size_t count = 0;
    map_each(&table->by_name, entry) {
        all[count++] = entry->value;
    }
    qsort(all, count, sizeof *all, doc_compare_names);
    return all;
}

/* Computes the type with the row's own rule, from unknown arguments of the parameters' types. */
static const Type *doc_result_of(const Function *function, Arena *arena) {
    const Type *type = function->type;
    Str error = STR_EMPTY;
    size_t count = function->parameter_count + (function->variadic ? 1 : 0);
    Value *arguments = arena_new_array(arena, Value, count);
    for (size_t i = 0; i < count; i++) {
        const Parameter *parameter = function_parameter(function, i);
        arguments[i] = value_unknown(parameter->type);
        if (parameter->type == &TYPE_DYNAMIC && !(parameter->flags & PARAMETER_DYNAMIC) &&
            !function->evaluate && !strstr(function->name, "::"))
            return &TYPE_DYNAMIC;
    }
    if (type || !function->result_type)
        return type ? type : &TYPE_DYNAMIC;
    Scope scope = {0};
    FunctionCall call = {
        .function = function,
        .arguments = arguments,
        .count = count,
        .scope = &scope,
        .arena = arena,
        .failed_argument = SIZE_MAX,
    };
    return function->result_type(&call, &type, &error) ? type : &TYPE_DYNAMIC;
}

static void doc_write_parameter(JsonWriter *writer, const Parameter *parameter) {
    json_object_start(writer);
    json_key_string(writer, "name", str_from_cstr(parameter->name));
    if (parameter->description)
        json_key_string(writer, "description", str_from_cstr(parameter->description));
    if (parameter->flags & PARAMETER_NULL)
        json_key_bool(writer, "is_nullable", true);
    json_key(writer, STR("type"));
    json_write_type(writer, parameter->type);
    json_object_end(writer);
}

static void write_signature(JsonWriter *writer, const Function *function, Arena *arena) {
    json_object_start(writer);
    json_key_string(writer, "description", str_from_cstr(function->description));
    json_key(writer, STR("return_type"));
    json_write_type(writer, doc_result_of(function, arena));
    if (function->parameter_count > 0) {
        json_key_array(writer, "parameters");
        for (size_t i = 0; i < function->parameter_count; i++)
            doc_write_parameter(writer, &function->parameters[i]);
        json_array_end(writer);
    }
    if (function->variadic) {
        json_key(writer, STR("variadic_parameter"));
        doc_write_parameter(writer, function->variadic);
    }
    json_object_end(writer);
}

static void write_called_parameter(JsonWriter *writer, const Parameter *parameter) {
    json_object_start(writer);
    json_key_string(writer, "name", str_from_cstr(parameter->name));
    json_key(writer, STR("type"));
    json_write_type(writer, parameter->type);
    json_object_end(writer);
}

void function_doc_write_called(const Function *function, JsonWriter *writer, Arena *arena) {
    json_object_start(writer);
    json_key_string(writer, "name", str_from_cstr(function->name));
    json_key_array(writer, "params");
    for (size_t i = 0; i < function->parameter_count; i++)
        write_called_parameter(writer, &function->parameters[i]);
    json_array_end(writer);
    if (function->variadic) {
        json_key(writer, STR("variadic_param"));
        write_called_parameter(writer, function->variadic);
    }
    json_key(writer, STR("return_type"));
    json_write_type(writer, doc_result_of(function, arena));
    json_object_end(writer);
}

typedef struct Signature {
    Str name;
    const Function *function;
} Signature;

static int compare_signatures(const void *a, const void *b) {
    const Signature *left = a;
    const Signature *right = b;
    return str_compare(left->name, right->name);
}

void function_doc_write(const FunctionTable *table, JsonWriter *writer, Arena *arena) {
    const Function **all = sorted_functions(table, arena);
    Signature *signatures = arena_new_array(arena, Signature, table->by_name.count * 2);
    size_t count = 0;
    for (size_t i = 0; i < table->by_name.count; i++) {
        signatures[count++] = (Signature){str_from_cstr(all[i]->name), all[i]};
        if (!strstr(all[i]->name, "::"))
            signatures[count++] = (Signature){str_format(arena, "core::%s", all[i]->name), all[i]};
    }
    qsort(signatures, count, sizeof *signatures, compare_signatures);
    json_object_start(writer);
    json_key_string(writer, "format_version", STR("1.0"));
    json_key_object(writer, "function_signatures");
    for (size_t i = 0; i < count; i++) {
        json_key(writer, signatures[i].name);
        write_signature(writer, signatures[i].function, arena);
    }
    json_object_end(writer);
    json_object_end(writer);
}

bool function_doc_write_provided(const FunctionTable *table, Str provider, const char *key,
                                 JsonWriter *writer, Arena *arena) {
    Str prefix = str_format(arena, "provider::%.*s::", STR_ARG(provider));
    const Function **all = sorted_functions(table, arena);
    bool is_open = false;
    for (size_t i = 0; i < table->by_name.count; i++) {
        Str name = str_from_cstr(all[i]->name);
        if (!str_starts_with(name, prefix))
            continue;
        if (!is_open) {
            json_key_object(writer, key);
        }
        is_open = true;
        json_key(writer, str_after(name, prefix.len));
        write_signature(writer, all[i], arena);
    }
    if (is_open)
        json_object_end(writer);
    return is_open;
}

static void doc_add_parameter(StrBuf *out, const Parameter *parameter, const char *end,
                              Arena *arena) {
    Str type = type_to_constraint(parameter->type, arena);
    strbuf_add_format(out, "%s %.*s%s", parameter->name, STR_ARG(type), end);
}

/* Returns "join(separator string, lists list(string)...) string". */
static Str doc_signature_of(const Function *function, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    strbuf_add_format(&out, "%s(", function->name);
    for (size_t i = 0; i < function->parameter_count; i++) {
        if (i > 0)
            strbuf_add_cstr(&out, ", ");
        doc_add_parameter(&out, &function->parameters[i], "", arena);
    }
    if (function->variadic) {
        if (function->parameter_count > 0)
            strbuf_add_cstr(&out, ", ");
        doc_add_parameter(&out, function->variadic, "...", arena);
    }
    Str result = type_to_constraint(doc_result_of(function, arena), arena);
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
    Str signature = doc_signature_of(function, arena);
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

void function_doc_write_page(const FunctionTable *table, StrBuf *out, Arena *arena) {
    const Function **all = sorted_functions(table, arena);
    strbuf_add_cstr(out, "# Functions\n"
                         "\n"
                         "For authors of expressions: each function with its parameters, its "
                         "result and an example. `any` is a value of any\n"
                         "type, or a type that depends on the arguments. A parameter before dots "
                         "can be repeated. `core::upper` is `upper`.\n");
    for (size_t i = 0; i < table->by_name.count; i++)
        add_function(out, all[i], arena);
}
