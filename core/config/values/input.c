/* Collects values of the root module's variables, lowest precedence first. */
#include "input.h"
#include "file_reads.h"

#include "config_read.h"
#include "directory_file.h"
#include "eval.h"
#include "vars_file.h"

#define UNDECLARED_SHOWN 2

typedef struct Collecting {
    const Config *config;
    const InputRequest *request;
    Map *out;
    Map refused;       /* names with a value that could not be parsed */
    size_t undeclared; /* count of names in files that are not declared */
    Arena *arena;
    Diags *diags;
} Collecting;

static const Variable *input_find_variable(const Collecting *collecting, Str name) {
    return map_find(&collecting->config->root->variables, name);
}

static void set_value(Collecting *collecting, Str name, Value value, SourceRange range) {
    InputValue *input = arena_new(collecting->arena, InputValue);
    *input = (InputValue){value, range};
    map_set(collecting->out, name, input);
}

static bool report_names(const Scope *scope, const Traversal *traversal, Value *out, size_t *used,
                         Arena *arena, Diags *diags) {
    (void)scope, (void)out, (void)used, (void)arena;
    return diags_fail(
        diags, traversal->range, "Variables not allowed",
        "A variable value cannot contain references. A text inside a list or a mapping "
        "requires double quotes.");
}

/* Sets a value from text: a string if the variable has a primitive type or none, else an
 * expression. */
static bool input_set_text(Collecting *collecting, const Variable *variable, Str text) {
    Arena *arena = collecting->arena;
    Value value = value_string(text, arena);
    if (variable->has_type && !type_is_primitive(variable->type.type)) {
        Scope scope = {
            .lookup = report_names,
            .functions = function_table_new(NULL, 0, arena),
        };
        Str path = str_format(arena, "<value for var.%.*s>", STR_ARG(variable->name));
        const SourceText *source = source_text_new(path, str_clone(text, arena), arena);
        const Expr *expr;
        if (!parser_parse_expression(source, scope.functions, &expr, arena, collecting->diags) ||
            !eval_expr(expr, &scope, &value, arena, collecting->diags)) {
            map_set(&collecting->refused, variable->name, collecting);
            return false;
        }
    }
    set_value(collecting, variable->name, value, variable->range);
    return true;
}

static bool add_environment_variables(Collecting *collecting) {
    static const char *const prefixes[] = {"TF_VAR_", "LOAM_VAR_"};
    const Process *process = collecting->request->io->process;
    bool ok = true;
    map_each(&collecting->config->root->variables, entry) {
        const char *text = NULL;
        for (size_t i = 0; i < ARRAY_COUNT(prefixes); i++) {
            Str name = str_concat(str_from_cstr(prefixes[i]), entry->key, collecting->arena);
            const char *found =
                process->environment(process->self, str_to_cstr(name, collecting->arena));
            text = found ? found : text;
        }
        if (text)
            ok &= input_set_text(collecting, entry->value, str_from_cstr(text));
    }
    return ok;
}

static bool input_report_undeclared(Collecting *collecting, const char *option, Str name) {
    Str hint = map_did_you_mean(&collecting->config->root->variables, name, collecting->arena);
    if (!hint.len)
        hint = STR(" Declare it by a \"variable\" block, or leave the option out.");
    return diags_fail(collecting->diags, NO_RANGE, "Value for undeclared variable",
                      "-%s sets the variable \"%.*s\", which the root module does not declare.%.*s",
                      option, STR_ARG(name), STR_ARG(hint));
}

static bool add_flag(Collecting *collecting, Str text) {
    size_t equals = str_find_char(text, '=', 0);
    Str name = str_slice(text, 0, equals);
    if (equals == SIZE_MAX || !name.len || str_trim(name).len != name.len)
        return diags_fail(
            collecting->diags, NO_RANGE, "Invalid -var option",
            "\"%.*s\" does not have the form name=value, without spaces around the name. If the "
            "value contains spaces, quote the whole argument: -var 'name=some value'.",
            STR_ARG(text));
    const Variable *variable = input_find_variable(collecting, name);
    if (variable)
        return input_set_text(collecting, variable, str_after(text, equals + 1));
    if (collecting->request->is_of_test) {
        Value value = value_string(str_after(text, equals + 1), collecting->arena);
        set_value(collecting, name, value, NO_RANGE);
        return true;
    }
    return input_report_undeclared(collecting, "var", name);
}

static bool set_unknown(Collecting *collecting, Str name) {
    const Variable *variable = input_find_variable(collecting, name);
    if (!variable)
        return input_report_undeclared(collecting, "unknown", name);
    set_value(collecting, variable->name, value_unknown(&TYPE_DYNAMIC), variable->range);
    return true;
}

static void input_warn_undeclared(Collecting *collecting, const VarsFileValue *value) {
    if (++collecting->undeclared > UNDECLARED_SHOWN)
        return;
    Str place = config_read_place(value->name_range, collecting->arena);
    diags_warning(collecting->diags, NO_RANGE, "Value for undeclared variable",
                  "The root module does not declare the variable \"%.*s\", which is set at %.*s. "
                  "Declare it, or remove the value.",
                  STR_ARG(value->name), STR_ARG(place));
}

static void warn_more_undeclared(Collecting *collecting) {
    if (collecting->undeclared > UNDECLARED_SHOWN)
        diags_warning(
            collecting->diags, NO_RANGE, "Values for undeclared variables",
            "Variable files set %zu more variables that the root module does not declare.",
            collecting->undeclared - UNDECLARED_SHOWN);
}

/* `reads` notes the file; NULL: not, because an option names it. */
static bool input_add_file(Collecting *collecting, Str path, DiskKind kind, FileReads *reads) {
    const Disk *disk = collecting->request->io->disk;
    DirectoryFile file = {path, kind, "Failed to read variables file"};
    VarsFileValues values = {0};
    Str bytes;
    if (!directory_file_read(disk, &file, &bytes, collecting->arena, collecting->diags))
        return false;
    file_reads_add(reads, path, bytes);
    const SourceText *source = source_text_new(path, bytes, collecting->arena);
    bool ok = vars_file_read(source, &values, collecting->arena, collecting->diags);
    vec_each(&values, value) {
        const Variable *variable = input_find_variable(collecting, value->name);
        if (variable || collecting->request->is_of_test)
            set_value(collecting, value->name, value->value, value->range);
        else
            input_warn_undeclared(collecting, value);
    }
    return ok;
}

/* Adds the selected environment's values; loading has checked that their names are declared. */
static bool add_environment_block(Collecting *collecting) {
    const InputRequest *request = collecting->request;
    const Environment *environment =
        map_find(&collecting->config->root->environments, request->environment);
    if (!environment)
        return true;
    Str file = environment->variables_file;
    if (file.len > 0) {
        Str path =
            disk_clean(disk_join(request->directory, file, collecting->arena), collecting->arena);
        if (!input_add_file(collecting, path, DISK_FILE, request->reads))
            return false;
    }
    vec_each(&environment->variables, value) {
        const Variable *variable = input_find_variable(collecting, value->name);
        if (variable)
            set_value(collecting, variable->name, value->value, value->range);
    }
    return true;
}

/* Optional files of one precedence, by name or suffixes. */
typedef struct AutoFiles {
    const char *name;
    const char *suffixes[2];
} AutoFiles;

static const AutoFiles auto_files[] = {
    {.name = "terraform.tfvars"},
    {.name = "terraform.tfvars.json"},
    {.name = "loam.vars.yaml"},
    {.suffixes = {".auto.vars.yaml"}},
    {.suffixes = {".auto.tfvars", ".auto.tfvars.json"}},
};

static bool is_in_rank(const AutoFiles *rank, Str name) {
    if (rank->name)
        return str_equal_cstr(name, rank->name);
    for (size_t i = 0; i < ARRAY_COUNT(rank->suffixes) && rank->suffixes[i]; i++)
        if (str_ends_with(name, str_from_cstr(rank->suffixes[i])))
            return true;
    return false;
}

static bool add_auto_files(Collecting *collecting) {
    const InputRequest *request = collecting->request;
    const Disk *disk = request->io->disk;
    DiskEntries entries = {0};
    bool ok = true;
    int status = disk->list(disk->self, request->directory, &entries, collecting->arena);
    if (status < 0)
        return diags_fail(collecting->diags, NO_RANGE, "Failed to find variable files", "%.*s: %s.",
                          STR_ARG(request->directory), strerror(-status));
    for (size_t i = 0; i < ARRAY_COUNT(auto_files); i++) {
        vec_each(&entries, entry) {
            if (entry->kind == DISK_DIRECTORY || !is_in_rank(&auto_files[i], entry->name))
                continue;
            Str path = disk_join(request->directory, entry->name, collecting->arena);
            path = disk_clean(path, collecting->arena);
            ok &= input_add_file(collecting, path, entry->kind, request->reads);
        }
    }
    return ok;
}

static bool input_report_missing(Collecting *collecting, const Variable *variable) {
    if (map_has(&collecting->refused, variable->name))
        return diags_fail(
            collecting->diags, variable->range, "No value for required variable",
            "The variable \"%.*s\" has no default, and its given value is invalid, as "
            "another message reports.",
            STR_ARG(variable->name));
    return diags_fail(
        collecting->diags, variable->range, "No value for required variable",
        "The variable \"%.*s\" has no default. Set it with -var, in a variables file, or "
        "with the environment variable LOAM_VAR_%.*s.",
        STR_ARG(variable->name), STR_ARG(variable->name));
}

static bool values_input_ask(Collecting *collecting, const Variable *variable) {
    const InputRequest *request = collecting->request;
    Str text;
    if (!request->ask || !request->ask(request->payload, variable, &text, collecting->arena))
        return input_report_missing(collecting, variable);
    return input_set_text(collecting, variable, text);
}

static int input_compare_variables(const void *a, const void *b) {
    const Variable *const *left = a;
    const Variable *const *right = b;
    return str_compare((*left)->name, (*right)->name);
}

static bool ask_missing(Collecting *collecting) {
    const Map *variables = &collecting->config->root->variables;
    const Variable **missing =
        arena_new_array(collecting->arena, const Variable *, variables->count);
    size_t count = 0;
    bool ok = true;
    map_each(variables, entry) {
        const Variable *variable = entry->value;
        if (!variable->has_default && !map_has(collecting->out, variable->name))
            missing[count++] = variable;
    }
    if (count)
        qsort(missing, count, sizeof(const Variable *), input_compare_variables);
    for (size_t i = 0; i < count; i++)
        ok &= values_input_ask(collecting, missing[i]);
    return ok;
}

static bool values_input_gather(Collecting *collecting) {
    const InputRequest *request = collecting->request;
    *collecting->out = request->values ? *request->values : map_new(collecting->arena);
    if (request->values)
        return true;
    bool ok =
        request->only_options || request->only_directory || add_environment_variables(collecting);
    ok &= request->only_options || add_auto_files(collecting);
    if (!request->only_options && !request->only_directory)
        ok &= add_environment_block(collecting);
    for (size_t i = 0; i < (request->only_directory ? 0 : request->options.count); i++) {
        const InputOption *option = &request->options.items[i];
        if (!option->is_unknown)
            ok &= option->is_file ? input_add_file(collecting, option->text, DISK_FILE, NULL)
                                  : add_flag(collecting, option->text);
    }
    vec_each(&request->options, option) {
        ok &= !option->is_unknown || set_unknown(collecting, option->text);
    }
    warn_more_undeclared(collecting);
    return ok;
}

static Collecting input_begin(const Config *config, const InputRequest *request, Map *out,
                              Arena *arena, Diags *diags) {
    return (Collecting){
        .config = config,
        .request = request,
        .out = out,
        .refused = map_new(arena),
        .arena = arena,
        .diags = diags,
    };
}

bool input_gather(const Config *config, const InputRequest *request, Map *out, Arena *arena,
                  Diags *diags) {
    Map values;
    Collecting collecting = input_begin(config, request, &values, arena, diags);
    bool ok = values_input_gather(&collecting);
    if (ok)
        *out = values;
    return ok;
}

bool input_ask(const Config *config, InputRequest *request, const Variable *variable, Map *out,
               Arena *arena, Diags *diags) {
    Collecting collecting = input_begin(config, request, out, arena, diags);
    Str text;
    if (!request->ask || !request->ask(request->payload, variable, &text, arena))
        return input_report_missing(&collecting, variable);
    Str option = str_format(arena, "%.*s=%.*s", STR_ARG(variable->name), STR_ARG(text));
    vec_push(arena, &request->options, (InputOption){.text = option});
    return input_set_text(&collecting, variable, text);
}

bool input_collect(const Config *config, const InputRequest *request, Map *out, Arena *arena,
                   Diags *diags) {
    Map values;
    InputRequest silent = *request;
    silent.ask = NULL; /* no prompt if a given value could not be parsed */
    Collecting collecting = input_begin(config, request, &values, arena, diags);
    bool ok = values_input_gather(&collecting);
    if (!ok)
        collecting.request = &silent;
    if (!ask_missing(&collecting) || !ok)
        return false;
    *out = values;
    return true;
}

static Value input_with_marks(const Variable *variable, Value value) {
    unsigned marks =
        (variable->sensitive ? MARK_SENSITIVE : 0U) | (variable->ephemeral ? MARK_EPHEMERAL : 0U);
    return value_with_marks(value, (uint8_t)marks);
}

static bool report_unset(const Variable *variable, const Value *given, SourceRange range,
                         Diags *diags) {
    if (given)
        return diags_fail(
            diags, range, "Required variable not set",
            "The given value is null, but the variable \"%.*s\" has \"nullable = false\" "
            "and no default.",
            STR_ARG(variable->name));
    return diags_fail(diags, range, "No value for required variable",
                      "The variable \"%.*s\" has no default, so it requires a value.",
                      STR_ARG(variable->name));
}

bool input_convert(const Variable *variable, const Value *given, SourceRange range, Value *out,
                   Arena *arena, Diags *diags) {
    ConvertError error = {0};
    Value value;
    bool is_unset = !given || (value_is_null(*given) && !variable->nullable);
    if (is_unset && variable->has_default) {
        *out = input_with_marks(variable, variable->default_value);
        return true;
    }
    if (is_unset)
        return report_unset(variable, given, range, diags);
    if (type_constraint_apply(variable->type, input_with_marks(variable, *given), &value, &error,
                              arena)) {
        *out = input_with_marks(variable, value);
        return true;
    }
    Str why = config_read_convert_error(&error, arena);
    if (input_with_marks(variable, *given).marks & MARKS_SECRET)
        range = variable->range; /* does not show the source line, which contains a secret */
    return diags_fail(
        diags, range, "Invalid value for input variable",
        "The given value does not match the type of the variable \"%.*s\", declared at %.*s: %.*s.",
        STR_ARG(variable->name), STR_ARG(config_read_place(variable->range, arena)), STR_ARG(why));
}
