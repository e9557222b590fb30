/* loam modules */
#include "command.h"
#include "module_manifest.h"
#include "project.h"

static const Option modules_options[] = {
    {"json", OPTION_FLAG, NULL, "Print as JSON."},
};

typedef struct ModuleList {
    Cli *cli;
    ModuleManifest manifest; /* versions that `init` has selected */
    StrBuf text;
    JsonWriter writer;
} ModuleList;

/* Returns what `init` recorded about the call; without a record, its declared source. */
static ModuleEntry entry_of(const ModuleList *list, const ModuleCall *call, Str key) {
    const ModuleEntry *entry = map_find(&list->manifest.entries, key);
    return entry ? *entry : (ModuleEntry){.key = key, .source = call->source};
}

static Str modules_key_of(Str parent, const ModuleCall *call, Arena *arena) {
    return parent.len ? str_format(arena, "%.*s.%.*s", STR_ARG(parent), STR_ARG(call->name))
                      : call->name;
}

static int compare_calls(const void *a, const void *b) {
    const ModuleCall *const *first = a, *const *second = b;
    return str_compare((*first)->name, (*second)->name);
}

typedef VEC(const ModuleCall *) ModuleCalls;

/* Returns the calls of the module, sorted by name. */
static ModuleCalls calls_of(const Module *module, Arena *arena) {
    ModuleCalls calls = {0};
    map_each(&module->calls, item) {
        vec_push(arena, &calls, item->value);
    }
    if (calls.count > 0)
        qsort(calls.items, calls.count, sizeof(*calls.items), compare_calls);
    return calls;
}

static void add_rows(ModuleList *list, const Module *module, Str parent) {
    ModuleCalls calls = calls_of(module, list->cli->arena);
    vec_each(&calls, item) {
        const ModuleCall *call = *item;
        Str key = modules_key_of(parent, call, list->cli->arena);
        ModuleEntry entry = entry_of(list, call, key);
        json_object_start(&list->writer);
        json_key_string(&list->writer, "key", call->name);
        json_key_string(&list->writer, "source", entry.source);
        json_key_string(&list->writer, "version", entry.version);
        json_object_end(&list->writer);
        if (call->module)
            add_rows(list, call->module, key);
    }
}

static void modules_print_json(ModuleList *list, const Module *root) {
    json_writer_init(&list->writer, &list->text, 0);
    json_object_start(&list->writer);
    json_key_string(&list->writer, "format_version", STR("1.0"));
    json_key(&list->writer, STR("modules"));
    if (root->calls.count == 0) {
        json_write_null(&list->writer);
    } else {
        json_array_start(&list->writer);
        add_rows(list, root, STR_EMPTY);
        json_array_end(&list->writer);
    }
    json_object_end(&list->writer);
    strbuf_add_char(&list->text, '\n');
}

static void add_branches(ModuleList *list, const Module *module, Str parent, Str margin) {
    Arena *arena = list->cli->arena;
    const Terminal *terminal = &list->cli->terminal;
    ModuleCalls calls = calls_of(module, arena);
    size_t left = calls.count;
    vec_each(&calls, item) {
        const ModuleCall *call = *item;
        Str key = modules_key_of(parent, call, arena);
        ModuleEntry entry = entry_of(list, call, key);
        bool has_constraint = entry.version.len > 0 && call->version.len > 0;
        left--;
        strbuf_add(&list->text, margin);
        strbuf_add(&list->text, terminal_branch(terminal, left == 0));
        strbuf_add_format(&list->text, "\"%.*s\"[%.*s]%s%.*s%s%.*s%s\n", STR_ARG(call->name),
                          STR_ARG(entry.source), entry.version.len ? " " : "",
                          STR_ARG(entry.version), has_constraint ? " (" : "",
                          STR_ARG(has_constraint ? call->version : STR_EMPTY),
                          has_constraint ? ")" : "");
        if (call->module)
            add_branches(list, call->module, key,
                         str_concat(margin, terminal_margin(terminal, left == 0), arena));
    }
}

static void print_tree(ModuleList *list, const Module *root) {
    if (root->calls.count == 0) {
        strbuf_add_cstr(&list->text, "No modules found in configuration.\n");
        return;
    }
    strbuf_add_cstr(&list->text, "\nModules declared by configuration:\n.\n");
    add_branches(list, root, STR_EMPTY, STR_EMPTY);
    strbuf_add_char(&list->text, '\n');
}

static int modules_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.options.ignores_versions = true};
    ModuleList list = {.cli = cli, .text = strbuf_new(cli->arena)};
    if (!project_load(&project, cli, arguments, NULL, diags) ||
        !module_manifest_read(&cli->io, cli->data_directory, &list.manifest, cli->arena, diags))
        return 1;
    if (option_flag(arguments, "json"))
        modules_print_json(&list, project.config->root);
    else
        print_tree(&list, project.config->root);
    terminal_out(strbuf_str(&list.text));
    return 0;
}

const Command cmd_modules = {
    .name = "modules",
    .summary = "Show the modules of the configuration",
    .usage = "[options]",
    .about = "Shows the modules that the configuration calls, with their sources and the versions "
             "that \"loam init\" has selected.",
    .example = "loam modules -json",
    .groups = {OPTION_GROUP(modules_options), &option_variables, &option_environment, &option_view},
    .run = modules_run,
};
