/* function_json: writes function signatures as JSON, only from the rows of the function tables. */
#include "function_json.h"

#include "json.h"
#include "scope.h"

static int compare_names(const void *a, const void *b) {
    const Function *const *left = a;
    const Function *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

const Function **function_json_sorted(const FunctionTable *table, Arena *arena) {
    const Function **all = arena_new_array(arena, const Function *, table->by_name.count);
    size_t count = 0;
    map_each(&table->by_name, entry) {
        all[count++] = entry->value;
    }
    qsort(all, count, sizeof *all, compare_names);
    return all;
}

/* Computes the type with the row's own rule, from unknown arguments of the parameters' types. */
const Type *function_json_result(const Function *function, Arena *arena) {
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

static void write_parameter(JsonWriter *writer, const Parameter *parameter) {
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
    json_write_type(writer, function_json_result(function, arena));
    if (function->parameter_count > 0) {
        json_key(writer, STR("parameters"));
        json_array_start(writer);
        for (size_t i = 0; i < function->parameter_count; i++)
            write_parameter(writer, &function->parameters[i]);
        json_array_end(writer);
    }
    if (function->variadic) {
        json_key(writer, STR("variadic_parameter"));
        write_parameter(writer, function->variadic);
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

void function_json_write_called(const Function *function, JsonWriter *writer, Arena *arena) {
    json_object_start(writer);
    json_key_string(writer, "name", str_from_cstr(function->name));
    json_key(writer, STR("params"));
    json_array_start(writer);
    for (size_t i = 0; i < function->parameter_count; i++)
        write_called_parameter(writer, &function->parameters[i]);
    json_array_end(writer);
    if (function->variadic) {
        json_key(writer, STR("variadic_param"));
        write_called_parameter(writer, function->variadic);
    }
    json_key(writer, STR("return_type"));
    json_write_type(writer, function_json_result(function, arena));
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

void function_json_write(const FunctionTable *table, JsonWriter *writer, Arena *arena) {
    const Function **all = function_json_sorted(table, arena);
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
    json_key(writer, STR("function_signatures"));
    json_object_start(writer);
    for (size_t i = 0; i < count; i++) {
        json_key(writer, signatures[i].name);
        write_signature(writer, signatures[i].function, arena);
    }
    json_object_end(writer);
    json_object_end(writer);
}

bool function_json_write_provided(
    const FunctionTable *table, Str provider, const char *key, JsonWriter *writer, Arena *arena) {
    Str prefix = str_format(arena, "provider::%.*s::", STR_ARG(provider));
    const Function **all = function_json_sorted(table, arena);
    bool is_open = false;
    for (size_t i = 0; i < table->by_name.count; i++) {
        Str name = str_from_cstr(all[i]->name);
        if (!str_starts_with(name, prefix))
            continue;
        if (!is_open) {
            json_key(writer, str_from_cstr(key));
            json_object_start(writer);
        }
        is_open = true;
        json_key(writer, str_after(name, prefix.len));
        write_signature(writer, all[i], arena);
    }
    if (is_open)
        json_object_end(writer);
    return is_open;
}
