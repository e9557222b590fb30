/* Finds and reads test files and passes their blocks to the decoders. */
#include "config_test_load.h"

#include "config_read.h"
#include "config_test_block.h"
#include "front_end.h"

static bool decode_variables(TestLoading *loading, const BodyBlock *block) {
    return config_test_variables_decode(loading, block, &loading->file->variables);
}

/* Decodes a provider block with the configuration's decoder, which fills an otherwise empty
 * module. */
static bool decode_provider(TestLoading *loading, const BodyBlock *block) {
    ConfigLoading *outer = loading->loading;
    Module *before = outer->module;
    Module holder = {0};
    Str key;
    outer->module = &holder;
    bool ok =
        config_provider.identify(outer, block, &key) && config_provider.decode(outer, block, false);
    outer->module = before;
    map_each(&holder.providers, entry) {
        const ProviderConfig *earlier = map_find(&loading->file->providers, entry->key);
        if (earlier) {
            diags_error(loading->diags, block->range, "Duplicate provider block",
                        "The provider configuration \"%.*s\" already exists at %.*s.",
                        STR_ARG(entry->key),
                        STR_ARG(config_read_place(earlier->range, loading->arena)));
            return false;
        }
        map_put(loading->arena, &loading->file->providers, entry->key, entry->value);
    }
    return ok;
}

static bool decode_override(TestLoading *loading, const BodyBlock *block) {
    return config_test_override_decode(loading, block, false, &loading->file->overrides);
}

/* Reads the `test` block; its `parallel` argument is accepted but has no effect. */
static bool decode_settings(TestLoading *loading, const BodyBlock *block) {
    static const BodyAttributeSchema attributes[] = {
        {"parallel", false, BODY_LITERAL}
    };
    static const BodySchema schema = {.attributes = attributes, .attribute_count = 1};
    BodyContent content;
    bool ignored;
    return body_content(block->body, &schema, &content, NULL, loading->arena, loading->diags) &&
           config_read_bool(&content, "parallel", &ignored, loading->arena, loading->diags);
}

typedef struct TestBlock {
    const char *name;
    uint32_t labels;
    bool is_single;
    bool (*decode)(TestLoading *loading, const BodyBlock *block);
} TestBlock;

static const TestBlock block_types[] = {
    {"test",              0, true,  decode_settings        },
    {"variables",         0, true,  decode_variables       },
    {"provider",          1, false, decode_provider        },
    {"mock_provider",     1, false, config_test_mock_decode},
    {"override_resource", 0, false, decode_override        },
    {"override_data",     0, false, decode_override        },
    {"override_module",   0, false, decode_override        },
    {"run",               1, false, config_test_run_decode },
};

static const TestBlock *find_block_type(Str name) {
    for (size_t i = 0; i < ARRAY_COUNT(block_types); i++)
        if (str_equal_cstr(name, block_types[i].name))
            return &block_types[i];
    return NULL;
}

static bool decode_body(TestLoading *loading, const Body *body) {
    BodyBlockSchema blocks[ARRAY_COUNT(block_types)];
    BodySchema schema = {.blocks = blocks, .block_count = ARRAY_COUNT(blocks)};
    const BodyBlock *seen[ARRAY_COUNT(block_types)] = {0};
    BodyContent content = {0};
    for (size_t i = 0; i < ARRAY_COUNT(block_types); i++)
        blocks[i] = (BodyBlockSchema){block_types[i].name, block_types[i].labels};
    bool ok = body_content(body, &schema, &content, NULL, loading->arena, loading->diags);
    vec_each(&content.blocks, block) {
        const TestBlock *type = find_block_type(block->type);
        const BodyBlock *first = seen[type - block_types];
        seen[type - block_types] = first ? first : block;
        if (first && type->is_single) {
            config_test_refuse_second(loading, block, first);
            ok = false;
            continue;
        }
        ok &= type->decode(loading, block);
    }
    return ok;
}

static bool add_file(ConfigLoading *loading,
                     Str path,
                     const Body *body,
                     bool is_in_test_directory) {
    TestFile *file = arena_new(loading->arena, TestFile);
    file->path = path;
    file->is_in_test_directory = is_in_test_directory;
    file->providers = map_new(loading->arena);
    TestLoading inner = {loading, file, loading->arena, loading->diags};
    vec_push(loading->arena, &loading->config->tests->files, file);
    return decode_body(&inner, body);
}

static bool add_directory(ConfigLoading *loading, Str path, bool is_test_directory) {
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
            ok &= add_file(loading, file.path, file.body, is_test_directory);
    }
    return ok;
}

/* Rejects a test directory outside the configuration directory. */
static bool check_directory(ConfigLoading *loading, Str directory) {
    const Disk *disk = loading->request->io->disk;
    Str clean = disk_clean(directory, loading->arena);
    DiskStat stat;
    if (str_starts_with(clean, STR("/")) || str_starts_with(clean, STR(".."))) {
        diags_error(
            loading->diags, NO_RANGE, "Invalid testing directory",
            "Tests must be in the directory of the configuration or below it. \"%.*s\" is outside.",
            STR_ARG(directory));
        return false;
    }
    Str path = disk_join(loading->request->directory, directory, loading->arena);
    bool is_usual = str_equal_cstr(clean, CONFIG_TEST_FOLDER);
    if (!is_usual && (disk->stat(disk->self, path, &stat) < 0 || stat.kind != DISK_FOLDER))
        diags_warning(loading->diags, NO_RANGE, "Test directory does not exist",
                      "The directory \"%.*s\" does not exist, so only tests in the directory of "
                      "the configuration are loaded.",
                      STR_ARG(directory));
    return true;
}

static int compare_files(const void *a, const void *b) {
    const TestFile *const *left = a;
    const TestFile *const *right = b;
    return str_compare((*left)->path, (*right)->path);
}

bool config_test_load(ConfigLoading *loading) {
    Str directory = loading->request->test_directory;
    Str root = loading->config->directory;
    struct TestFiles *tests = arena_new(loading->arena, struct TestFiles);
    loading->config->tests = tests;
    if (!check_directory(loading, directory))
        return false;
    bool ok = add_directory(loading, root, false);
    Str below = disk_clean(disk_join(root, directory, loading->arena), loading->arena);
    if (!str_equal(below, disk_clean(root, loading->arena)))
        ok &= add_directory(loading, below, true);
    if (tests->files.count > 0)
        qsort(tests->files.items, tests->files.count, sizeof(TestFile *), compare_files);
    return ok;
}
