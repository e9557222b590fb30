/* Generates configuration for imported objects without a resource block. */
#include "generate_config.h"
#include "front_end.h"
#include "overlay_disk.h"
#include "view.h"

#define BLOCKS_NAME "zz-generated-by-loam.tf" /* virtual file with empty resource blocks */

typedef VEC(const Import *) MissingImports;

static Str generate_config_path_of(const Project *project) {
    return option_text(project->arguments, "generate-config-out");
}

static bool is_yaml_directory(const Cli *cli) {
    DiskEntries entries = {0};
    bool has_yaml = false;
    if (cli->io.disk->list(cli->io.disk->self, STR("."), &entries, cli->arena) < 0)
        return false;
    vec_each(&entries, entry) {
        if (str_ends_with(entry->name, STR(".tf")) || str_ends_with(entry->name, STR(".tofu")))
            return false;
        has_yaml |= str_ends_with(entry->name, STR(".loam.yaml"));
    }
    return has_yaml;
}

/* The extension decides. For any other extension, the other files of the directory decide. */
static bool is_yaml(const Cli *cli, Str path) {
    if (str_ends_with(path, STR(".yaml")) || str_ends_with(path, STR(".yml")))
        return true;
    bool is_native = str_ends_with(path, STR(".tf")) || str_ends_with(path, STR(".tofu"));
    return !is_native && is_yaml_directory(cli);
}

bool generate_config_check(const Project *project) {
    const Cli *cli = project->cli;
    Str path = generate_config_path_of(project);
    if (str_ends_with(path, STR(".json")))
        return diags_fail(project->diags, NO_RANGE, "Cannot generate configuration in JSON",
                          "-generate-config-out writes the native syntax, or YAML if the file name "
                          "ends in .loam.yaml. It cannot write \"%.*s\".",
                          STR_ARG(path));
    if (!disk_exists(cli->io.disk, path))
        return true;
    return diags_fail(project->diags, NO_RANGE, "Target generated file already exists",
                      "Configuration can be generated only in a new file, but \"%.*s\" exists. "
                      "Choose another name, or move that file.",
                      STR_ARG(path));
}

static bool generate_config_has_block(const Module *root, ResourceAddr address, Arena *arena) {
    return map_has(&root->resources,
                   str_format(arena, "%.*s.%.*s", STR_ARG(address.type), STR_ARG(address.name)));
}

/* Returns true for a single instance in the root module; other blocks must be written by hand. */
static bool can_be_described(const Import *import) {
    ResourceAddr address = import->to.target.resource;
    return !address.module && address.key.kind == KEY_NONE && import->to.keys.count == 0 &&
           !import->for_each;
}

static void generate_config_find_missing(const Project *project, MissingImports *out) {
    const Module *root = project->config->root;
    vec_each(&root->imports, import) {
        if (can_be_described(import) &&
            !generate_config_has_block(root, import->to.target.resource, project->cli->arena))
            vec_push(project->cli->arena, out, import);
    }
}

/* The block names the provider configuration that its import block names, as a plan requires. */
static Str generate_config_provider_of(const Import *import, Arena *arena) {
    const ProviderRef *ref = &import->provider;
    return ref->name.len ? config_provider_key(ref->name, ref->alias, arena) : STR_EMPTY;
}

static Str empty_blocks(const MissingImports *missing, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    vec_each(missing, import) {
        ResourceAddr address = (*import)->to.target.resource;
        Str provider = generate_config_provider_of(*import, arena);
        strbuf_add_format(&out, "resource \"%.*s\" \"%.*s\" {\n", STR_ARG(address.type),
                          STR_ARG(address.name));
        if (provider.len)
            strbuf_add_format(&out, "  provider = %.*s\n", STR_ARG(provider));
        strbuf_add_cstr(&out, "}\n");
    }
    return strbuf_str(&out);
}

static bool load_with(Project *project, Str name, Str text) {
    Cli *cli = project->cli;
    Disk *disk = arena_new(cli->arena, Disk);
    Io *io = arena_new(cli->arena, Io);
    PlanFileSources *files = arena_new(cli->arena, PlanFileSources);
    vec_push(cli->arena, files, (PlanFileSource){name, text});
    *disk = overlay_disk_new(cli->io.disk, files, OVERLAY_ADD, cli->arena);
    *io = cli->io;
    io->disk = disk;
    return project_load(project, cli, project->arguments, io, project->diags);
}

static bool import_all(Project *project, const MissingImports *missing, PlanResult *out) {
    Cli *cli = project->cli;
    PlanOptions options = {
        .mode = PLAN_REFRESH_ONLY,
        .skip_refresh = true,
        .import_only = true,
        .variables = &project->variables,
    };
    vec_each(missing, import) {
        AddressTarget target = (*import)->to.target;
        vec_push(cli->arena, &options.targets, target);
        vec_push(cli->arena, &options.target_texts,
                 resource_addr_to_str(target.resource, cli->arena));
    }
    return engine_plan(&project->engine, &options, project->state, out, cli->arena, project->diags);
}

static bool generate_config_describe(Project *project, const Import *import,
                                     const PlanResult *result, ResourceTexts *out) {
    Arena *arena = project->cli->arena;
    ResourceAddr address = import->to.target.resource;
    const ResourceChange *change = plan_find(result->plan, address, STR_EMPTY);
    const StateResource *resource = state_find_resource(result->refreshed, address);
    if (!change || !value_is_present(change->config))
        return true;
    ResourceText text = {
        .type = address.type,
        .name = address.name,
        .id = change->import.id,
        .provider = generate_config_provider_of(import, arena),
        .schema = engine_find_schema(&project->engine, address.mode,
                                     resource->provider_config.provider, address.type),
        .object = change->config,
        .omits_null = !cli_name(project->cli)->is_other,
    };
    if (!text.schema)
        return false;
    vec_push(arena, out, text);
    return true;
}

static bool generate_config_write_text(Project *project, Str text) {
    const Disk *disk = project->cli->io.disk;
    Str path = generate_config_path_of(project);
    int error = disk->make_directories(disk->self, disk_directory_of(path), 0777);
    if (error == 0)
        error = disk->write_file(disk->self, path, text, 0666);
    if (error == 0)
        return true;
    return diags_fail(project->diags, NO_RANGE, "Failed to save generated config", "\"%.*s\": %s.",
                      STR_ARG(path), strerror(-error));
}

bool generate_config_write(Project *project, const ResourceTexts *texts, Str *out) {
    Cli *cli = project->cli;
    ResourceTextSyntax syntax =
        is_yaml(cli, generate_config_path_of(project)) ? RESOURCE_TEXT_YAML : RESOURCE_TEXT_NATIVE;
    *out = resource_text_file(texts, syntax, str_from_cstr(cli_name(cli)->title), cli->arena);
    return generate_config_write_text(project, *out);
}

/* Loads the new file even if its directory or name makes it no part of the configuration. */
static bool load_described(Project *project, Str text, bool yaml) {
    Str path = generate_config_path_of(project);
    bool is_here = str_find_char(path, '/', 0) == SIZE_MAX && front_end_is_configuration(path);
    if (is_here)
        return project_load(project, project->cli, project->arguments, NULL, project->diags);
    return load_with(project, yaml ? STR("zz-generated-by-loam.loam.yaml") : STR(BLOCKS_NAME),
                     text);
}

/* Keeps the generated blocks for the views of the plan. */
static void keep_blocks(Map *blocks, const ResourceTexts *texts, Arena *arena) {
    *blocks = map_new(arena);
    vec_each(texts, text) {
        ResourceAddr address = {.mode = MODE_MANAGED, .type = text->type, .name = text->name};
        Str *block = arena_new(arena, Str);
        ResourceText whole = *text;
        whole.omits_null = false; /* programs expect null arguments, too */
        *block = resource_text_block(&whole, arena);
        map_set(blocks, resource_addr_to_str(address, arena), block);
    }
}

/* Moves errors of an empty block, which is not on disk, to the import block that needs it. */
static void generate_config_place_errors(Project *project, const MissingImports *missing,
                                         size_t before) {
    Arena *arena = project->cli->arena;
    for (size_t i = before; i < project->diags->count; i++) {
        Diag *diag = &project->diags->items[i];
        const SourceText *source = diag->range.source;
        if (!source || !str_equal_cstr(disk_name_of(source->path), BLOCKS_NAME))
            continue;
        diag->range = NO_RANGE;
        vec_each(missing, import) {
            Str address = resource_addr_to_str((*import)->to.target.resource, arena);
            if (str_equal(diag->address, address))
                diag->range = (*import)->range;
        }
    }
}

bool generate_config_missing(Project *project, Map *blocks) {
    Cli *cli = project->cli;
    MissingImports missing = {0};
    ResourceTexts texts = {0};
    PlanResult result = {0};
    generate_config_find_missing(project, &missing);
    if (missing.count == 0)
        return true;
    size_t before = project->diags->count;
    bool ok = load_with(project, STR(BLOCKS_NAME), empty_blocks(&missing, cli->arena));
    ok = ok && import_all(project, &missing, &result);
    generate_config_place_errors(project, &missing, before);
    if (!ok)
        return false;
    vec_each(&missing, import) {
        if (!generate_config_describe(project, *import, &result, &texts))
            return false;
    }
    Str text;
    keep_blocks(blocks, &texts, cli->arena);
    return generate_config_write(project, &texts, &text) &&
           load_described(project, text, is_yaml(cli, generate_config_path_of(project)));
}
