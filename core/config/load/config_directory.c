/* Loads a directory as a module: reads its files, checks the program versions that they require,
 * merges override files into the others, then decodes each block. Versions are checked first,
 * because syntax of a newer version may be an error in this one. */
#include "config_directory.h"

#include "body.h"
#include "body_merge.h"
#include "config_block.h"
#include "config_read.h"
#include "front_end.h"
#include "required_version.h"

static bool is_override(const FrontEndFile *file) {
    if (file->use == FRONT_END_QUERY)
        return false;
    Str name = disk_name_of(file->path);
    Str base = str_slice(name, 0, name.len - strlen(file->front_end->suffix));
    return str_equal_cstr(base, "override") || str_ends_with(base, STR("_override"));
}

typedef struct ConfigDirectory {
    VEC(FrontEndFile) files;
    bool ok;
} ConfigDirectory;

/* Returns the files of a directory that another call has read, parsed again so that expressions
 * are not shared. */
static const ConfigDirectory *directory_read_again(ConfigLoading *loading,
                                                   const ConfigDirectory *known) {
    ConfigDirectory *out = arena_new(loading->arena, ConfigDirectory);
    Diags said = diags_new(loading->arena); /* errors were reported by the first parse */
    out->ok = known->ok;
    vec_each(&known->files, file) {
        FrontEndFile again = *file;
        if (file->front_end->is_eager)
            out->ok &= file->front_end->parse(file->source, loading->config->functions, &again.body,
                                              loading->arena, &said);
        vec_push(loading->arena, &out->files, again);
    }
    return out;
}

/* Reads the files of one use, whose names are in `directory`. */
static void directory_read_files(ConfigLoading *loading, FrontEndDirectory *directory,
                                 ConfigDirectory *out) {
    SCOPED(ArenaRef) scratch = arena_open("list directory");
    front_end_index(directory, scratch);
    vec_each(&directory->entries, entry) {
        FrontEndFile file;
        out->ok &= front_end_read(directory, entry, &file, loading->arena, loading->diags);
        if (file.source)
            vec_push(loading->arena, &out->files, file);
    }
}

/* A root module has query files, too, if the request includes them. */
static const ConfigDirectory *directory_read_directory(ConfigLoading *loading, Str path,
                                                       bool is_root) {
    const Disk *disk = loading->request->io->disk;
    ConfigDirectory *out = map_find(&loading->directories, path);
    FrontEndDirectory directory = {
        FRONT_END_CONFIGURATION, disk, path, {0}, loading->config->functions};
    if (out)
        return directory_read_again(loading, out);
    out = arena_new(loading->arena, ConfigDirectory);
    map_set(&loading->directories, path, out);
    int status = disk->list(disk->self, path, &directory.entries, loading->arena);
    out->ok = status >= 0;
    if (status < 0)
        diags_error(loading->diags, NO_RANGE, "Failed to read the configuration", "%.*s: %s.",
                    STR_ARG(path), strerror(-status));
    directory_read_files(loading, &directory, out);
    directory.use = FRONT_END_QUERY;
    if (loading->request->loads_queries && is_root)
        directory_read_files(loading, &directory, out);
    return out;
}

/* Returns the block types of a file. */
static const ConfigBlocks *directory_blocks_of(const FrontEndFile *file) {
    return file->use == FRONT_END_QUERY ? &config_query_blocks : &config_blocks;
}

static BodySchema directory_schema_of(const ConfigBlocks *blocks, Arena *arena) {
    BodyBlockSchema *out = arena_new_array(arena, BodyBlockSchema, blocks->count);
    for (size_t i = 0; i < blocks->count; i++)
        out[i] = (BodyBlockSchema){blocks->types[i]->name, blocks->types[i]->labels};
    return (BodySchema){.blocks = out, .block_count = blocks->count};
}

static const ConfigBlock *directory_find_block_type(const ConfigBlocks *blocks, Str name) {
    for (size_t i = 0; i < blocks->count; i++)
        if (str_equal_cstr(name, blocks->types[i]->name))
            return blocks->types[i];
    return NULL;
}

static bool directory_report_type(const ConfigBlocks *blocks, const BodyAttribute *unknown,
                                  Diags *diags) {
    Str *names = arena_new_array(diags->arena, Str, blocks->count);
    for (size_t i = 0; i < blocks->count; i++)
        names[i] = str_from_cstr(blocks->types[i]->name);
    Str hint = str_did_you_mean(unknown->name, names, blocks->count, diags->arena);
    return diags_fail(diags, unknown->name_range, "Unsupported block type",
                      "There is no block type \"%.*s\".%.*s", STR_ARG(unknown->name),
                      STR_ARG(hint));
}

static bool directory_file_blocks(const FrontEndFile *file, BodyContent *out, Arena *arena,
                                  Diags *diags) {
    BodySchema schema = directory_schema_of(directory_blocks_of(file), arena);
    const Body *rest;
    BodyContent unknown;
    if (file->body->is_strict)
        return body_content(file->body, &schema, out, NULL, arena, diags);
    bool ok = body_content(file->body, &schema, out, &rest, arena, diags);
    ok &= body_attributes(rest, BODY_LITERAL, &unknown, arena, diags);
    vec_each(&unknown.attributes, attribute) {
        ok = directory_report_type(directory_blocks_of(file), attribute, diags);
    }
    return ok;
}

typedef struct Declaration {
    const ConfigBlock *type;
    const BodyBlock *block;
} Declaration;

/* The blocks that the files of a module declare; freed once the module is decoded. */
typedef struct Declarations {
    Arena *arena;
    Map by_key;
    VEC(Declaration) plain;     /* blocks whose type has no `identify` */
    VEC(Declaration) overrides; /* such blocks in override files */
    VEC(Declaration) repeated;  /* blocks whose key was already declared, which is an error */
} Declarations;

static const char *declaration_name(const BodyBlock *block, Arena *arena) {
    Str name = block->labels[1].len ? str_format(arena, "%.*s.%.*s", STR_ARG(block->labels[0]),
                                                 STR_ARG(block->labels[1]))
                                    : block->labels[0];
    return str_to_cstr(name, arena);
}

static bool is_of_duplicate(const Diag *diag) {
    return str_starts_with(diag->summary, STR("Duplicate "));
}

/* Returns whether `diags` has an error with the same summary at the same position. Two errors about
 * duplicates count as the same, because their summaries name different nouns for one block. */
static bool has_equal_error(const Diags *diags, const Diag *diag) {
    for (size_t i = 0; i < diags->count; i++) {
        const Diag *reported = &diags->items[i];
        bool is_same = str_equal(reported->summary, diag->summary) ||
                       (is_of_duplicate(reported) && is_of_duplicate(diag));
        if (is_same && reported->range.source == diag->range.source &&
            reported->range.start == diag->range.start)
            return true;
    }
    return false;
}

/* Decodes a block with an invalid or repeated name to report its other errors; drops errors
 * already reported. Always returns false. */
static bool decode_refused(ConfigLoading *loading, const ConfigBlock *type,
                           const BodyBlock *block) {
    Diags *outer = loading->diags;
    Diags inner = diags_new(loading->arena);
    loading->diags = &inner;
    (void)type->decode(loading, block);
    loading->diags = outer;
    for (size_t i = 0; i < inner.count; i++)
        if (!has_equal_error(outer, &inner.items[i]))
            diags_add(outer, &inner.items[i]);
    return false;
}

static bool add_declaration(ConfigLoading *loading, Declarations *declarations, Str key,
                            const ConfigBlock *type, const BodyBlock *block) {
    const Declaration *before = map_find(&declarations->by_key, key);
    Declaration *declaration = arena_new(declarations->arena, Declaration);
    *declaration = (Declaration){type, block};
    if (!before) {
        map_set(&declarations->by_key, key, declaration);
        return true;
    }
    Str summary = str_format(loading->arena, "Duplicate %s", type->noun);
    Str place = config_read_place(before->block->range, loading->arena);
    diags_error(loading->diags, block->range, str_to_cstr(summary, loading->arena),
                "The %s \"%s\" is already declared at %.*s. Names must be unique within a module.",
                type->noun, declaration_name(block, loading->arena), STR_ARG(place));
    vec_push(declarations->arena, &declarations->repeated, *declaration);
    return false;
}

/* Rejects an override of a `fixed` argument or block, for which no merge is defined. */
static bool directory_check_fixed(ConfigLoading *loading, const ConfigBlock *type,
                                  const Body *body) {
    bool ok = true;
    for (size_t i = 0; type->fixed && type->fixed[i]; i++) {
        const char *name = type->fixed[i];
        BodyAttributeSchema attribute = {name, false, BODY_LITERAL};
        BodySchema schema = {.attributes = &attribute, .attribute_count = 1};
        BodyContent content;
        const Body *rest;
        ok &= body_content(body, &schema, &content, &rest, loading->arena, loading->diags);
        if (!content.attributes.count)
            continue;
        const Expr *value = content.attributes.items[0].expr;
        bool is_list = value->kind == EXPR_TUPLE;
        if (is_list && value->as.parts.count == 0)
            continue; /* an empty list changes nothing */
        SourceRange range = is_list ? value->as.parts.items[0]->range : value->range;
        ok = diags_fail(loading->diags, range, "Unsupported override",
                        "An override file cannot change \"%s\" of a %s.", name, type->noun);
    }
    return ok;
}

/* Rejects conditions in the override of a `merged_block` block, which merges argument by argument.
 */
static bool check_joined(ConfigLoading *loading, const ConfigBlock *type, const Body *body) {
    static const BodyBlockSchema conditions[] = {{"precondition", 0}, {"postcondition", 0}};
    static const BodySchema inner = {BODY_BLOCKS(conditions)};
    BodyBlockSchema joined = {type->merged_block, 0};
    BodySchema schema = {.blocks = &joined, .block_count = type->merged_block ? 1 : 0};
    BodyContent content;
    BodyContent found = {0};
    const Body *rest;
    bool ok = body_content(body, &schema, &content, &rest, loading->arena, loading->diags);
    vec_each(&content.blocks, block) {
        ok &= body_content(block->body, &inner, &found, &rest, loading->arena, loading->diags);
        vec_each(&found.blocks, condition) {
            ok = diags_fail(loading->diags, condition->range, "Unsupported override",
                            "An override file cannot change the conditions of a %s.", type->noun);
        }
    }
    return ok;
}

static bool apply_override(ConfigLoading *loading, Declarations *declarations, Str key,
                           const ConfigBlock *type, const BodyBlock *block) {
    Declaration *base = map_find(&declarations->by_key, key);
    if (!base && type->is_implied && type->is_implied(key)) {
        return add_declaration(loading, declarations, key, type, block);
    }
    if (!base) {
        Str summary = str_format(loading->arena, "Missing base %s to override", type->noun);
        return diags_fail(
            loading->diags, block->range, str_to_cstr(summary, loading->arena),
            "This override file changes the %s \"%s\", which no other file of the module "
            "declares.",
            type->noun, declaration_name(block, loading->arena));
    }
    bool ok = directory_check_fixed(loading, type, block->body);
    if (!check_joined(loading, type, block->body) || !ok)
        return false;
    BodyBlock *merged = arena_new(loading->arena, BodyBlock);
    *merged = *base->block;
    merged->body = body_merge(base->block->body, block->body, type->merged_block, loading->arena);
    merged->override_range = block->range;
    base->block = merged;
    return true;
}

static bool report_override(ConfigLoading *loading, const ConfigBlock *type,
                            const BodyBlock *block) {
    Str summary = str_format(loading->arena, "Cannot override \"%s\" blocks", type->name);
    return diags_fail(
        loading->diags, block->range, str_to_cstr(summary, loading->arena),
        "\"%s\" blocks are not allowed in override files. Move the block to an ordinary file.",
        type->name);
}

/* Returns whether the blocks of the type have keys. */
static bool directory_block_has_key(const ConfigBlock *type) {
    return type->identify || type->label_nouns[0];
}

/* Checks the labels of a block and sets *key, which a variable with an invalid name does not get.
 */
static bool directory_identify_block(ConfigLoading *loading, const ConfigBlock *type,
                                     const BodyBlock *block, Str *key) {
    bool ok = true;
    if (type->identify)
        return type->identify(loading, block, key);
    StrBuf text = strbuf_new(loading->arena);
    strbuf_add_cstr(&text, type->name);
    for (size_t i = 0; i < type->labels; i++) {
        strbuf_add_char(&text, '.');
        strbuf_add(&text, block->labels[i]);
        ok &= config_read_identifier(block->labels[i], block->label_ranges[i], type->label_nouns[i],
                                     loading->diags);
    }
    *key = strbuf_str(&text);
    return ok;
}

static bool directory_declare(ConfigLoading *loading, Declarations *declarations,
                              const ConfigBlock *type, const BodyBlock *block, bool is_override) {
    Declaration declaration = {type, block};
    Str key;
    if (is_override && type->is_final)
        return report_override(loading, type, block);
    if (!directory_block_has_key(type)) {
        if (is_override)
            vec_push(declarations->arena, &declarations->overrides, declaration);
        else
            vec_push(declarations->arena, &declarations->plain, declaration);
        return true;
    }
    if (!directory_identify_block(loading, type, block, &key))
        return decode_refused(loading, type, block);
    return is_override ? apply_override(loading, declarations, key, type, block)
                       : add_declaration(loading, declarations, key, type, block);
}

static bool directory_collect(ConfigLoading *loading, const ConfigDirectory *directory,
                              FrontEndUse use, bool overrides, Declarations *declarations) {
    bool ok = true;
    vec_each(&directory->files, file) {
        BodyContent content = {0};
        if (!file->body || file->use != use || is_override(file) != overrides)
            continue;
        ok &= directory_file_blocks(file, &content, loading->arena, loading->diags);
        vec_each(&content.blocks, block) {
            const ConfigBlock *type =
                directory_find_block_type(directory_blocks_of(file), block->type);
            ok &= directory_declare(loading, declarations, type, block, overrides);
        }
    }
    return ok;
}

static bool directory_decode_all(ConfigLoading *loading, const Declarations *declarations) {
    bool ok = true;
    vec_each(&declarations->plain, plain) {
        ok &= plain->type->decode(loading, plain->block);
    }
    loading->is_override = true;
    vec_each(&declarations->overrides, override) {
        ok &= override->type->decode(loading, override->block);
    }
    loading->is_override = false;
    map_each(&declarations->by_key, entry) {
        const Declaration *declaration = entry->value;
        ok &= declaration->type->decode(loading, declaration->block);
    }
    vec_each(&declarations->repeated, repeated) {
        ok &= decode_refused(loading, repeated->type, repeated->block);
    }
    return ok;
}

static bool directory_check_versions(ConfigLoading *loading, const Module *module,
                                     const ConfigDirectory *directory, Diags *unmet) {
    bool ok = true;
    vec_each(&directory->files, file) {
        if (file->body && file->use == FRONT_END_CONFIGURATION)
            ok &= required_version_check(loading, module, file, unmet);
    }
    return ok;
}

/* Reports unmet version constraints, or leaves them to the test runs. Returns false if loading
 * must stop. */
static bool report_version(ConfigLoading *loading, const Diags *unmet) {
    if (loading->request->ignores_versions)
        return true;
    if (loading->request->runs_tests) {
        loading->config->unmet = unmet;
        return true;
    }
    diags_append(loading->diags, unmet);
    return false;
}

bool config_directory_load(ConfigLoading *loading, Str directory_name, Module *module) {
    Module *outer = loading->module;
    const ConfigDirectory *directory =
        directory_read_directory(loading, directory_name, !module->parent);
    vec_each(&directory->files, file) {
        vec_push(loading->arena, &module->sources, file->source);
    }
    Diags *unmet = arena_new(loading->arena, Diags);
    *unmet = diags_new(loading->arena);
    bool ok = directory_check_versions(loading, module, directory, unmet) && directory->ok;
    /* `init` and `get` stop at an unmet version constraint: another program version may accept
     * the rest. */
    if (diags_has_errors(unmet) && loading->request->install)
        return report_version(loading, unmet);
    SCOPED(ArenaRef) staging = arena_open("declarations");
    Declarations declarations = {.arena = staging, .by_key = map_new(staging)};
    loading->module = module;
    ok &= directory_collect(loading, directory, FRONT_END_CONFIGURATION, false, &declarations);
    ok &= directory_collect(loading, directory, FRONT_END_CONFIGURATION, true, &declarations);
    ok &= directory_collect(loading, directory, FRONT_END_QUERY, false, &declarations);
    ok &= directory_decode_all(loading, &declarations);
    ok &= config_terraform_finish_encryption(loading);
    loading->module = outer;
    return ok && (!diags_has_errors(unmet) || report_version(loading, unmet));
}
