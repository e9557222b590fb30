/* Decodes run blocks: a plan or apply of a module, and its assertions. */
#include "config_calls.h"
#include "config_legacy.h"
#include "config_provider_ref.h"
#include "config_read.h"
#include "config_test_block.h"
#include "reference.h"

static const BodyAttributeSchema attributes[] = {
    {"command",         false, BODY_CODE   },
    {"expect_failures", false, BODY_CODE   },
    {"providers",       false, BODY_CODE   },
    {"state_key",       false, BODY_LITERAL},
    {"parallel",        false, BODY_LITERAL},
};
static const BodyBlockSchema blocks[] = {
    {"variables",         0},
    {"module",            0},
    {"plan_options",      0},
    {"assert",            0},
    {"override_resource", 0},
    {"override_data",     0},
    {"override_module",   0},
};
static const BodySchema schema = {
    .attributes = attributes,
    .attribute_count = ARRAY_COUNT(attributes),
    .blocks = blocks,
    .block_count = ARRAY_COUNT(blocks),
};

static bool decode_options(TestLoading *loading, const BodyBlock *block, TestRun *run) {
    static const BodyAttributeSchema inner_attributes[] = {
        {"mode",    false, BODY_CODE   },
        {"refresh", false, BODY_LITERAL},
        {"replace", false, BODY_CODE   },
        {"target",  false, BODY_CODE   },
    };
    static const BodySchema inner = {.attributes = inner_attributes,
                                     .attribute_count = ARRAY_COUNT(inner_attributes)};
    static const char *const modes[] = {"normal", "refresh-only"};
    BodyContent content;
    bool refreshes = true;
    Arena *arena = loading->arena;
    bool ok = body_content(block->body, &inner, &content, NULL, arena, loading->diags);
    ok &= config_read_keyword(config_read_expr(&content, "mode"), "mode", modes,
                              &run->is_refresh_only, loading->diags);
    ok &= config_read_bool(&content, "refresh", &refreshes, arena, loading->diags);
    ok &= config_read_traversals(&content, "replace", &run->replaced, arena, loading->diags);
    ok &= config_read_traversals(&content, "target", &run->targets, arena, loading->diags);
    run->skips_refresh = !refreshes;
    if (!run->is_refresh_only || refreshes)
        return ok;
    diags_error(loading->diags, body_content_find(&content, "refresh")->range,
                "Incompatible plan options",
                "A refresh-only run requires a refresh. Remove \"refresh = false\".");
    return false;
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

static bool add_expectation(TestLoading *loading, const Expr *item, TestRun *run) {
    const Expr *expr = item;
    Reference reference;
    if (!config_legacy_unquote(&expr, "reference", loading->arena, loading->diags))
        return false;
    Traversal *traversal = config_read_traversal(expr);
    if (!traversal) {
        diags_error(loading->diags, expr->range, "Invalid expression",
                    "\"expect_failures\" must contain only references, such as var.size.");
        return false;
    }
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

static bool read_expectations(TestLoading *loading, const BodyContent *content, TestRun *run) {
    const Expr *list = config_read_expr(content, "expect_failures");
    bool ok = true;
    if (!list)
        return true;
    if (list->kind != EXPR_TUPLE) {
        diags_error(loading->diags, list->range, "Invalid expression",
                    "\"expect_failures\" must be a list of references in brackets [ ].");
        return false;
    }
    for (size_t i = 0; i < list->as.parts.count; i++)
        ok &= add_expectation(loading, list->as.parts.items[i], run);
    return ok;
}

static bool check_source(TestLoading *loading, const BodyAttribute *attribute, const TestRun *run) {
    SourceAddress address;
    if (!module_source_parse(loading->loading->request->sources, run->source,
                             attribute->expr->range, &address, loading->arena, loading->diags))
        return false;
    if (!address.kind->fetch || address.kind->has_versions)
        return true;
    diags_error(loading->diags, attribute->range, "Invalid module source address",
                "The module of a run must be a local directory or come from a registry. \"%.*s\" "
                "is neither.",
                STR_ARG(run->source));
    return false;
}

static bool decode_module(TestLoading *loading, const BodyBlock *block, TestRun *run) {
    static const BodyAttributeSchema inner_attributes[] = {
        {"source",  false, BODY_LITERAL},
        {"version", false, BODY_LITERAL},
    };
    static const BodySchema inner = {.attributes = inner_attributes, .attribute_count = 2};
    Arena *arena = loading->arena;
    BodyContent content;
    Str version = STR_EMPTY;
    bool ok = body_content(block->body, &inner, &content, NULL, arena, loading->diags);
    ok &= config_read_string(&content, "source", &run->source, arena, loading->diags);
    ok &= config_read_string(&content, "version", &version, arena, loading->diags);
    const BodyAttribute *source = body_content_find(&content, "source");
    if (ok && !source)
        diags_error(loading->diags, block->range, "Missing \"source\" attribute for module block",
                    "\"source\" is required: the source of this run's module.");
    if (!ok || !source || !check_source(loading, source, run))
        return false;
    const BodyAttribute *version_at = body_content_find(&content, "version");
    ModuleWanted wanted = {
        .name = run->name,
        .source = run->source,
        .version = version,
        .parent_directory = loading->loading->config->directory,
        .source_range = source->expr->range,
        .version_range = version_at ? version_at->expr->range : NO_RANGE,
        .range = block->range,
    };
    Str file = str_slice(loading->file->path, 0, str_rfind_char(loading->file->path, '.'));
    wanted.key = str_format(arena, "test.%.*s.%.*s", STR_ARG(file), STR_ARG(run->name));
    return config_calls_load_tested(loading->loading, &wanted, &run->config);
}

static bool check_name(TestLoading *loading, const BodyBlock *block) {
    if (!config_read_identifier(block->labels[0], block->label_ranges[0], "run block name",
                                loading->diags))
        return false;
    vec_each(&loading->file->runs, run) {
        if (!str_equal((*run)->name, block->labels[0]))
            continue;
        diags_error(loading->diags, block->range, "Duplicate \"run\" block names",
                    "This file already has a run \"%.*s\" at %.*s.", STR_ARG(block->labels[0]),
                    STR_ARG(config_read_place((*run)->range, loading->arena)));
        return false;
    }
    return true;
}

static bool decode_inner(TestLoading *loading, const BodyBlock *block, TestRun *run) {
    if (str_equal_cstr(block->type, "variables"))
        return config_test_variables_decode(loading, block, &run->variables);
    if (str_equal_cstr(block->type, "module"))
        return decode_module(loading, block, run);
    if (str_equal_cstr(block->type, "plan_options"))
        return decode_options(loading, block, run);
    return config_test_override_decode(loading, block, false, &run->overrides);
}

static bool decode_blocks(TestLoading *loading, const BodyContent *content, TestRun *run) {
    static const char *const single[] = {"variables", "module", "plan_options"};
    const BodyBlock *seen[ARRAY_COUNT(single)] = {0};
    bool ok = true;
    vec_each(&content->blocks, block) {
        size_t i = 0;
        while (i < ARRAY_COUNT(single) && !str_equal_cstr(block->type, single[i]))
            i++;
        const BodyBlock *first = i < ARRAY_COUNT(single) ? seen[i] : NULL;
        if (first) {
            config_test_refuse_second(loading, block, first);
            ok = false;
            continue;
        }
        if (i < ARRAY_COUNT(single))
            seen[i] = block;
        ok &= decode_inner(loading, block, run);
    }
    return ok;
}

bool config_test_run_decode(TestLoading *loading, const BodyBlock *block) {
    static const char *const commands[] = {"apply", "plan"};
    Arena *arena = loading->arena;
    Diags *diags = loading->diags;
    BodyContent content;
    bool ignored;
    TestRun *run = arena_new(arena, TestRun);
    run->name = block->labels[0];
    run->range = block->range;
    bool ok = check_name(loading, block);
    vec_push(arena, &loading->file->runs, run);
    ok &= body_content(block->body, &schema, &content, NULL, arena, diags);
    ok &= config_read_keyword(config_read_expr(&content, "command"), "command", commands,
                              &run->is_plan, diags);
    ok &= config_read_string(&content, "state_key", &run->state_key, arena, diags);
    ok &= config_read_bool(&content, "parallel", &ignored, arena, diags);
    ok &= config_provider_ref_read_all(&content, &run->providers, arena, diags);
    ok &= read_expectations(loading, &content, run);
    ok &= config_read_conditions(&content, "assert", &run->asserts, arena, diags);
    return decode_blocks(loading, &content, run) && ok;
}
