/* Finds and reads test files; decodes their blocks, except mocks and overrides. */
#include "config_test_load.h"

#include "config_calls.h"
#include "config_legacy.h"
#include "config_newer.h"
#include "config_provider_ref.h"
#include "config_read.h"
#include "front_end.h"
#include "reference.h"

/* Decodes state_key, skip_cleanup and backend blocks of runs. */

/* A value without a range of its own, as the default of a file has, leaves `*range` unchanged. */
static bool read_skip(ConfigLoading *loading, const BodyContent *content, bool *out,
                      SourceRange *range) {
    const BodyAttribute *attribute = body_content_find(content, "skip_cleanup");
    if (!attribute)
        return true;
    config_newer_add(loading->config, NEWER_TEST_CLEANUP, attribute->range, loading->arena);
    *range = attribute->name_range;
    return config_read_flag(attribute, out, loading->arena, loading->diags);
}

/* Reads `skip_cleanup` of a `test` block, the default of all runs. */
static bool config_test_state_decode_default(ConfigLoading *loading, const BodyContent *content) {
    SourceRange ignored;
    return read_skip(loading, content, &loading->file->skips_cleanup, &ignored);
}

static bool test_state_read_key(ConfigLoading *loading, const BodyContent *content, TestRun *run) {
    const BodyAttribute *attribute = body_content_find(content, "state_key");
    if (attribute)
        return config_read_text(attribute, &run->state_key, loading->arena, loading->diags);
    run->state_key = run->source;
    if (str_starts_with(run->source, STR("./")))
        run->state_key =
            str_concat(STR("./"), disk_clean(run->source, loading->arena), loading->arena);
    else if (str_starts_with(run->source, STR("../")))
        run->state_key = disk_clean(run->source, loading->arena);
    return true;
}

/* Returns the earlier run with that state and a backend; NULL if none. */
static const TestRun *find_backend(const ConfigLoading *loading, const TestRun *run) {
    vec_each(&loading->file->runs, other) {
        if (*other != run && (*other)->backend && str_equal((*other)->state_key, run->state_key))
            return *other;
    }
    return NULL;
}

/* Returns the last earlier run with that state and `skip_cleanup = true`; NULL if none. */
static const TestRun *find_skip(const ConfigLoading *loading, const TestRun *run) {
    const TestRun *found = NULL;
    vec_each(&loading->file->runs, other) {
        if (*other != run && (*other)->skip_range.source &&
            str_equal((*other)->state_key, run->state_key))
            found = *other;
    }
    return found;
}

static const TestRun *find_apply(const ConfigLoading *loading, const TestRun *run) {
    vec_each(&loading->file->runs, other) {
        if (*other != run && !(*other)->is_plan && str_equal((*other)->state_key, run->state_key))
            return *other;
    }
    return NULL;
}

static void warn_of_second_skip(ConfigLoading *loading, const TestRun *run) {
    const TestRun *backend = find_backend(loading, run);
    const TestRun *skip = find_skip(loading, run);
    if (backend)
        diags_warning(loading->diags, run->skip_range, "Duplicate \"skip_cleanup\" block",
                      "The earlier run \"%.*s\" keeps the same state in a backend, so it is kept "
                      "without \"skip_cleanup\". The objects are restored to this run.",
                      STR_ARG(backend->name));
    else if (skip)
        diags_warning(loading->diags, run->skip_range, "Duplicate \"skip_cleanup\" block",
                      "The earlier run \"%.*s\" has the same state, and \"skip_cleanup\" too. Only "
                      "that of the later run \"%.*s\" has an effect.",
                      STR_ARG(skip->name), STR_ARG(run->name));
}

/* A state is loaded from its backend once, before its first change. */
static bool check_order(ConfigLoading *loading, const TestRun *run) {
    SourceRange range = run->backend->range;
    const TestRun *backend = find_backend(loading, run);
    const TestRun *apply = find_apply(loading, run);
    if (backend)
        return diags_fail(
            loading->diags, range, "Duplicate backend blocks",
            "The run \"%.*s\" already has a backend for the same state. Only the first "
            "run that applies may have one.",
            STR_ARG(backend->name));
    if (apply)
        return diags_fail(
            loading->diags, range, "Invalid backend block",
            "The earlier run \"%.*s\" has already applied to the same state. Only the "
            "first run that applies may have a backend.",
            STR_ARG(apply->name));
    return true;
}

static bool add_backend(ConfigLoading *loading, const BodyBlock *block, TestRun *run) {
    if (str_equal_cstr(block->labels[0], "remote") || str_equal_cstr(block->labels[0], "cloud"))
        return diags_fail(loading->diags, block->range, "Invalid backend block",
                          "The backend \"%.*s\" runs operations. A run needs a backend "
                          "that only stores a state, such as \"local\" or \"s3\".",
                          STR_ARG(block->labels[0]));
    if (run->backend)
        return diags_fail(loading->diags, block->range, "Duplicate backend blocks",
                          "The run already has a backend at %.*s.",
                          STR_ARG(config_read_place(run->backend->range, loading->arena)));
    BackendConfig *backend = arena_new(loading->arena, BackendConfig);
    *backend = (BackendConfig){block->labels[0], block->body, block->range, block->label_ranges[0]};
    run->backend = backend;
    run->skips_cleanup = true;
    config_newer_add(loading->config, NEWER_TEST_BACKEND, block->range, loading->arena);
    return true;
}

static bool read_backends(ConfigLoading *loading, const BodyContent *content, TestRun *run) {
    bool ok = true;
    vec_each(&content->blocks, block) {
        if (str_equal_cstr(block->type, "backend"))
            ok &= add_backend(loading, block, run);
    }
    if (!run->backend || !run->is_plan)
        return ok;
    return diags_fail(loading->diags, run->backend->range, "Invalid backend block",
                      "Only the first run that applies may have a backend, and this run "
                      "only plans.");
}

/* Reads the arguments of a run, whose module is decoded, and checks them against the earlier runs
 * of the file. */
static bool config_test_state_decode(ConfigLoading *loading, const BodyContent *content,
                                     TestRun *run) {
    SourceRange range = NO_RANGE;
    run->skips_cleanup = loading->file->skips_cleanup;
    bool ok = test_state_read_key(loading, content, run);
    ok &= read_backends(loading, content, run);
    ok &= read_skip(loading, content, &run->skips_cleanup, &range);
    if (range.source && !run->skips_cleanup && run->backend)
        ok = diags_fail(
            loading->diags, range,
            "Cannot use `skip_cleanup=false` in a run block that contains a backend block",
            "A backend keeps objects for the next test, so they are never cleaned up. Remove "
            "\"skip_cleanup\", or the backend.");
    if (range.source && run->skips_cleanup) {
        run->skip_range = range;
        warn_of_second_skip(loading, run);
    }
    return (!run->backend || check_order(loading, run)) && ok;
}

/* Reads the arguments of a `variables` block. */
static bool test_load_read_variables(ConfigLoading *loading, const BodyBlock *block,
                                     TestVariables *out) {
    BodyContent content;
    bool ok =
        body_attributes(block->body, BODY_EXPRESSION, &content, loading->arena, loading->diags);
    vec_each(&content.attributes, attribute) {
        TestVariable variable = {attribute->name, attribute->expr, attribute->name_range};
        vec_push(loading->arena, out, variable);
    }
    return ok;
}

/* Reports a repeated block of a type that may occur once. */
static bool test_load_report_second(ConfigLoading *loading, const BodyBlock *block,
                                    const BodyBlock *first) {
    Str summary = str_format(loading->arena, "Multiple \"%.*s\" blocks", STR_ARG(block->type));
    return diags_fail(loading->diags, block->range, str_to_cstr(summary, loading->arena),
                      "Only one \"%.*s\" block is allowed here; the first is at %.*s.",
                      STR_ARG(block->type),
                      STR_ARG(config_read_place(first->range, loading->arena)));
}

static bool read_mode(ConfigLoading *loading, const BodyAttribute *attribute, void *member) {
    static const char *const modes[] = {"normal", "refresh-only"};
    return config_read_keyword(attribute->expr, "mode", modes, member, loading->diags);
}

static bool read_refresh(ConfigLoading *loading, const BodyAttribute *attribute, void *member) {
    bool refreshes = true;
    bool ok = config_read_flag(attribute, &refreshes, loading->arena, loading->diags);
    *(bool *)member = !refreshes;
    return ok;
}

static bool decode_options(ConfigLoading *loading, const BodyBlock *block, void *out) {
    TestRun *run = out;
    static const BodyAttributeSchema inner_attributes[] = {
        {"mode", false, BODY_CODE, read_mode, CONFIG_MEMBER(TestRun, is_refresh_only, bool)},
        {"refresh", false, BODY_LITERAL, read_refresh, CONFIG_MEMBER(TestRun, skips_refresh, bool)},
        {"replace", false, BODY_CODE, CONFIG_TRAVERSALS(TestRun, replaced)},
        {"target", false, BODY_CODE, CONFIG_TRAVERSALS(TestRun, targets)},
    };
    static const BodySchema inner = {BODY_ATTRIBUTES(inner_attributes)};
    BodyContent content;
    bool ok = config_block_read(loading, block->body, &inner, &content, NULL, run);
    if (!run->is_refresh_only || !run->skips_refresh)
        return ok;
    return diags_fail(loading->diags, body_content_find(&content, "refresh")->range,
                      "Incompatible plan options",
                      "A refresh-only run requires a refresh. Remove \"refresh = false\".");
}

/* Returns the name of the object, with the instance key if there is one. */
static Str object_name(const Reference *reference, Arena *arena) {
    Str name = reference_to_str(reference, arena);
    return reference->key.kind == KEY_NONE
               ? name
               : str_concat(name, address_key_to_str(reference->key, arena), arena);
}

static bool is_checkable(const Reference *reference) {
    return reference->kind == REFERENCE_VARIABLE || reference->kind == REFERENCE_RESOURCE;
}

/* In JSON and YAML, returns the range of the whole string. */
static SourceRange whole_range(SourceRange range) {
    const SourceText *source = range.source;
    if (!source || !source->outer)
        return range;
    return (SourceRange){source->outer, source->outer_start, source->outer_end};
}

static bool add_expectation(ConfigLoading *loading, const Expr *item, TestRun *run) {
    const Expr *expr = item;
    Reference reference;
    if (!config_legacy_unquote(&expr, "reference", loading->arena, loading->diags))
        return false;
    Traversal *traversal = config_read_traversal(expr);
    if (!traversal)
        return diags_fail(loading->diags, expr->range, "Invalid expression",
                          "\"expect_failures\" must contain only references, such as var.size.");
    if (!reference_from_traversal(traversal, &reference, loading->diags))
        return false;
    TestExpectation expectation = {
        .text = object_name(&reference, loading->arena),
        .is_checkable = is_checkable(&reference),
        .range = expr == item ? whole_range(reference.range) : reference.range,
    };
    vec_push(loading->arena, &run->expected, expectation);
    return true;
}

static bool read_expectations(ConfigLoading *loading, const BodyContent *content, TestRun *run) {
    const Expr *list = config_read_expr(content, "expect_failures");
    bool ok = true;
    if (!list)
        return true;
    if (list->kind != EXPR_TUPLE)
        return diags_fail(loading->diags, list->range, "Invalid expression",
                          "\"expect_failures\" must be a list of references in brackets [ ].");
    for (size_t i = 0; i < list->as.parts.count; i++)
        ok &= add_expectation(loading, list->as.parts.items[i], run);
    return ok;
}

static bool test_load_check_source(ConfigLoading *loading, const BodyAttribute *attribute,
                                   const TestRun *run) {
    SourceAddress address;
    if (!module_source_parse(loading->request->sources, run->source, attribute->expr->range,
                             &address, loading->arena, loading->diags))
        return false;
    if (!address.kind->fetch || address.kind->has_versions)
        return true;
    return diags_fail(
        loading->diags, attribute->range, "Invalid module source address",
        "The module of a run must be a local directory or come from a registry. \"%.*s\" "
        "is neither.",
        STR_ARG(run->source));
}

/* The directory of the test file is part of the call path: "test.tests.a.NAME". */
static Str test_load_key(Str path, Str run, Arena *arena) {
    static const Str suffix = STR_CONST(".tftest.hcl");
    StrBuf key = strbuf_new(arena);
    Str step;
    if (str_ends_with(path, suffix))
        path = str_slice(path, 0, path.len - suffix.len);
    else if (!str_ends_with(path, STR(".json")))
        path = str_slice(path, 0, str_rfind_char(path, '.'));
    strbuf_add_cstr(&key, "test.");
    while (str_next_field(&path, '/', &step))
        strbuf_add_format(&key, "%.*s.", STR_ARG(step));
    strbuf_add(&key, run);
    return strbuf_str(&key);
}

static bool decode_module(ConfigLoading *loading, const BodyBlock *block, void *out) {
    TestRun *run = out;
    static const BodyAttributeSchema inner_attributes[] = {
        {"source", false, BODY_LITERAL, CONFIG_TEXT(ModuleWanted, source)},
        {"version", false, BODY_LITERAL, CONFIG_TEXT(ModuleWanted, version)},
    };
    static const BodySchema inner = {BODY_ATTRIBUTES(inner_attributes)};
    Arena *arena = loading->arena;
    BodyContent content;
    ModuleWanted wanted = {.name = run->name, .range = block->range};
    bool ok = config_block_read(loading, block->body, &inner, &content, NULL, &wanted);
    run->source = wanted.source;
    const BodyAttribute *source = body_content_find(&content, "source");
    if (ok && !source)
        diags_error(loading->diags, block->range, "Missing \"source\" attribute for module block",
                    "\"source\" is required: the source of this run's module.");
    if (!ok || !source || !test_load_check_source(loading, source, run))
        return false;
    const BodyAttribute *version_at = body_content_find(&content, "version");
    wanted.parent_directory = loading->config->directory;
    wanted.source_range = source->expr->range;
    wanted.version_range = version_at ? version_at->expr->range : NO_RANGE;
    wanted.key = test_load_key(loading->file->path, run->name, arena);
    return config_calls_load_tested(loading, &wanted, &run->config);
}

static bool test_load_check_name(ConfigLoading *loading, const BodyBlock *block) {
    if (!config_read_identifier(block->labels[0], block->label_ranges[0], "run block name",
                                loading->diags))
        return false;
    vec_each(&loading->file->runs, run) {
        if (!str_equal((*run)->name, block->labels[0]))
            continue;
        return diags_fail(loading->diags, block->range, "Duplicate \"run\" block names",
                          "This file already has a run \"%.*s\" at %.*s.",
                          STR_ARG(block->labels[0]),
                          STR_ARG(config_read_place((*run)->range, loading->arena)));
    }
    return true;
}

static bool decode_run_variables(ConfigLoading *loading, const BodyBlock *block, void *out) {
    return test_load_read_variables(loading, block, &((TestRun *)out)->variables);
}

static bool decode_run_override(ConfigLoading *loading, const BodyBlock *block, void *out) {
    return config_test_override_decode(loading, block, false, &((TestRun *)out)->overrides);
}

#define SINGLES_MAX 3

/* The rows of `schema` read the blocks in the order of the file. Each of the first `singles` types
 * may occur once. */
static bool read_test_blocks(ConfigLoading *loading, const BodySchema *schema, size_t singles,
                             const BodyContent *content, void *out) {
    const BodyBlock *seen[SINGLES_MAX] = {0};
    bool ok = true;
    vec_each(&content->blocks, block) {
        const BodyBlockSchema *row = body_schema_block(schema, block->type);
        if (!row || !row->read)
            continue;
        size_t i = (size_t)(row - schema->blocks);
        if (i < singles && seen[i]) {
            ok = test_load_report_second(loading, block, seen[i]);
            continue;
        }
        if (i < singles)
            seen[i] = block;
        ok &= row->read(loading, block, out);
    }
    return ok;
}

static bool read_command(ConfigLoading *loading, const BodyAttribute *attribute, void *member) {
    static const char *const commands[] = {"apply", "plan"};
    return config_read_keyword(attribute->expr, "command", commands, member, loading->diags);
}

/* `parallel` is accepted but has no effect. */
static bool read_parallel(ConfigLoading *loading, const BodyAttribute *attribute, void *) {
    bool ignored;
    return config_read_flag(attribute, &ignored, loading->arena, loading->diags);
}

static const BodyAttributeSchema run_attributes[] = {
    {"command", false, BODY_CODE, read_command, CONFIG_MEMBER(TestRun, is_plan, bool)},
    {"expect_failures", false, BODY_CODE},
    {"providers", false, BODY_CODE},
    {"state_key", false, BODY_LITERAL},
    {"parallel", false, BODY_LITERAL, read_parallel},
    {"skip_cleanup", false, BODY_LITERAL},
};
static const BodyBlockSchema run_blocks[] = {
    {"variables", 0, decode_run_variables},        {"module", 0, decode_module},
    {"plan_options", 0, decode_options},           {"assert", 0},
    {"override_resource", 0, decode_run_override}, {"override_data", 0, decode_run_override},
    {"override_module", 0, decode_run_override},   {"backend", 1},
};
static const BodySchema run_schema = {BODY_ATTRIBUTES(run_attributes), BODY_BLOCKS(run_blocks)};

/* Decodes a run block: a plan or apply of a module, and its assertions. */
static bool decode_run(ConfigLoading *loading, const BodyBlock *block, void *) {
    Arena *arena = loading->arena;
    BodyContent content;
    TestRun *run = arena_new(arena, TestRun);
    run->name = block->labels[0];
    run->range = block->range;
    bool ok = test_load_check_name(loading, block);
    vec_push(arena, &loading->file->runs, run);
    run->providers = map_new(arena);
    ok &= config_block_read(loading, block->body, &run_schema, &content, NULL, run);
    const Expr *providers = config_read_expr(&content, "providers");
    ok &= !providers ||
          config_provider_ref_read_all(providers, &run->providers, arena, loading->diags);
    ok &= read_expectations(loading, &content, run);
    ok &= config_read_conditions(&content, "assert", &run->asserts);
    ok &= read_test_blocks(loading, &run_schema, SINGLES_MAX, &content, run);
    return config_test_state_decode(loading, &content, run) && ok;
}

static bool decode_variables(ConfigLoading *loading, const BodyBlock *block, void *) {
    return test_load_read_variables(loading, block, &loading->file->variables);
}

/* Decodes a block with the configuration's decoder, which fills an otherwise empty module. */
static bool decode_into(Module *holder, ConfigLoading *loading, const ConfigBlock *type,
                        const BodyBlock *block) {
    Module *before = loading->module;
    Str key;
    loading->module = holder;
    bool ok = type->identify(loading, block, &key) && type->decode(loading, block);
    loading->module = before;
    return ok;
}

static bool test_load_decode_provider(ConfigLoading *loading, const BodyBlock *block, void *) {
    Module holder = {0};
    bool ok = decode_into(&holder, loading, &config_provider, block);
    map_each(&holder.providers, entry) {
        const ProviderConfig *earlier = map_find(&loading->file->providers, entry->key);
        if (earlier)
            return diags_fail(loading->diags, block->range, "Duplicate provider block",
                              "The provider configuration \"%.*s\" already exists at %.*s.",
                              STR_ARG(entry->key),
                              STR_ARG(config_read_place(earlier->range, loading->arena)));
        map_put(loading->arena, &loading->file->providers, entry->key, entry->value);
    }
    return ok;
}

/* The rules of a variable would never be evaluated, because no module declares it. */
static bool decode_variable(ConfigLoading *loading, const BodyBlock *block, void *) {
    Module holder = {0};
    bool ok = decode_into(&holder, loading, &config_variable, block);
    config_newer_add(loading->config, NEWER_TEST_VARIABLE, block->range, loading->arena);
    map_each(&holder.variables, entry) {
        const Variable *variable = entry->value;
        const Variable *earlier = map_find(&loading->file->declared, entry->key);
        if (earlier)
            diags_error(loading->diags, block->range, "Duplicate variable declaration",
                        "This file already declares a variable \"%.*s\" at %.*s.",
                        STR_ARG(entry->key),
                        STR_ARG(config_read_place(earlier->range, loading->arena)));
        if (variable->validations.count > 0)
            diags_error(loading->diags, block->range, "Validation not allowed",
                        "Variables of test files support no validation. Write an \"assert\" block "
                        "in a run.");
        if (earlier || variable->validations.count > 0)
            return false;
        map_put(loading->arena, &loading->file->declared, entry->key, entry->value);
    }
    return ok;
}

static bool decode_override(ConfigLoading *loading, const BodyBlock *block, void *) {
    return config_test_override_decode(loading, block, false, &loading->file->overrides);
}

/* Reads the `test` block. */
static bool decode_settings(ConfigLoading *loading, const BodyBlock *block, void *) {
    static const BodyAttributeSchema attributes[] = {
        {"parallel", false, BODY_LITERAL, read_parallel},
        {"skip_cleanup", false, BODY_LITERAL},
    };
    static const BodySchema schema = {BODY_ATTRIBUTES(attributes)};
    BodyContent content;
    return config_block_read(loading, block->body, &schema, &content, NULL, loading) &&
           config_test_state_decode_default(loading, &content);
}

static const BodyBlockSchema test_file_blocks[] = {
    {"test", 0, decode_settings},
    {"variables", 0, decode_variables},
    {"variable", 1, decode_variable},
    {"provider", 1, test_load_decode_provider},
    {"mock_provider", 1, config_test_mock_decode},
    {"override_resource", 0, decode_override},
    {"override_data", 0, decode_override},
    {"override_module", 0, decode_override},
    {"run", 1, decode_run},
};

/* The `test` block comes first, wherever it is: it has defaults of runs. */
static bool decode_body(ConfigLoading *loading, const Body *body) {
    static const BodySchema schema = {BODY_BLOCKS(test_file_blocks)};
    static const BodySchema settings = {.blocks = test_file_blocks, .block_count = 1};
    static const BodySchema others = {.blocks = test_file_blocks + 1,
                                      .block_count = ARRAY_COUNT(test_file_blocks) - 1};
    BodyContent content;
    bool ok = body_content(body, &schema, &content, NULL, loading->arena, loading->diags);
    ok &= read_test_blocks(loading, &settings, 1, &content, loading->file);
    return read_test_blocks(loading, &others, 1, &content, loading->file) && ok;
}

static bool test_load_add_file(ConfigLoading *loading, Str path, const Body *body,
                               bool is_in_test_directory) {
    TestFile *file = arena_new(loading->arena, TestFile);
    file->path = path;
    file->is_in_test_directory = is_in_test_directory;
    file->declared = map_new(loading->arena);
    file->providers = map_new(loading->arena);
    vec_push(loading->arena, &loading->config->tests->files, file);
    loading->file = file;
    return decode_body(loading, body);
}

static bool test_load_add_directory(ConfigLoading *loading, Str path, bool is_test_directory) {
    const Disk *disk = loading->request->io->disk;
    FrontEndDirectory directory = {
        .use = FRONT_END_TEST, .disk = disk, .path = path, .functions = loading->config->functions};
    bool ok = true;
    if (disk->list(disk->self, path, &directory.entries, loading->arena) < 0)
        return true; /* the root directory was already read; the test directory need not exist */
    front_end_index(&directory, loading->arena);
    vec_each(&directory.entries, entry) {
        FrontEndFile file;
        ok &= front_end_read(&directory, entry, &file, loading->arena, loading->diags);
        if (file.body)
            ok &= test_load_add_file(loading, file.path, file.body, is_test_directory);
    }
    return ok;
}

/* Rejects a test directory outside the configuration directory. */
static bool test_load_check_directory(ConfigLoading *loading, Str directory) {
    const Disk *disk = loading->request->io->disk;
    Str clean = disk_clean(directory, loading->arena);
    DiskStat stat;
    if (str_starts_with(clean, STR("/")) || str_starts_with(clean, STR("..")))
        return diags_fail(
            loading->diags, NO_RANGE, "Invalid testing directory",
            "Tests must be in the directory of the configuration or below it. \"%.*s\" is outside.",
            STR_ARG(directory));
    Str path = disk_join(loading->request->directory, directory, loading->arena);
    bool is_usual = str_equal_cstr(clean, CONFIG_TEST_DIRECTORY);
    if (!is_usual && (disk->stat(disk->self, path, &stat) < 0 || stat.kind != DISK_DIRECTORY))
        diags_warning(loading->diags, NO_RANGE, "Test directory does not exist",
                      "The directory \"%.*s\" does not exist, so only tests in the directory of "
                      "the configuration are loaded.",
                      STR_ARG(directory));
    return true;
}

static int test_load_compare_files(const void *a, const void *b) {
    const TestFile *const *left = a;
    const TestFile *const *right = b;
    return str_compare((*left)->path, (*right)->path);
}

bool config_test_load(ConfigLoading *loading) {
    Str directory = loading->request->test_directory;
    Str root = loading->config->directory;
    struct TestFiles *tests = arena_new(loading->arena, struct TestFiles);
    loading->config->tests = tests;
    if (!test_load_check_directory(loading, directory))
        return false;
    bool ok = test_load_add_directory(loading, root, false);
    Str below = disk_clean(disk_join(root, directory, loading->arena), loading->arena);
    if (!str_equal(below, disk_clean(root, loading->arena)))
        ok &= test_load_add_directory(loading, below, true);
    if (tests->files.count > 0)
        qsort(tests->files.items, tests->files.count, sizeof(TestFile *), test_load_compare_files);
    return ok;
}
