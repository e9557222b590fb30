/* Decodes module blocks, which call the configuration in another directory. */
#include "body_merge.h"
#include "config_block.h"
#include "config_provider_ref.h"
#include "config_read.h"
#include "config_requirement.h"
#include "static_eval.h"
#include "url.h"

static bool module_identify(ConfigLoading *loading, const BodyBlock *block, Str *key) {
    *key = str_format(loading->arena, "module.%.*s", STR_ARG(block->labels[0]));
    return config_read_identifier(block->labels[0], block->label_ranges[0], "module name",
                                  loading->diags);
}

bool config_module_report_empty(const ModuleCall *call, Diags *diags) {
    diags_error(diags, call->source_range, "Invalid module source",
                "The source of a module must not be empty.");
    return false;
}

static bool report_both(ConfigLoading *loading, const BodyAttribute *at, const char *with) {
    Str summary = str_format(loading->arena, "Invalid combination of \"%s\" and \"%.*s\"", with,
                             STR_ARG(at->name));
    diags_error(
        loading->diags, at->name_range, str_to_cstr(summary, loading->arena),
        "\"%s\" and \"%.*s\" cannot be combined. Use one of them to set the number of instances.",
        with, STR_ARG(at->name));
    return false;
}

static bool module_check_repetition(ConfigLoading *loading, const BodyContent *content,
                                    const ModuleCall *call) {
    const BodyAttribute *count = body_content_find(content, "count");
    const BodyAttribute *for_each = body_content_find(content, "for_each");
    if (count && call->for_each)
        return report_both(loading, for_each, "count");
    return !call->enabled || (!count && !for_each) ||
           report_both(loading, count ? count : for_each, "enabled");
}

static bool module_read_lifecycle(ConfigLoading *loading, const BodyBlock *block,
                                  ModuleCall *call) {
    static const BodyAttributeSchema inner_attributes[] = {{"enabled", true, BODY_EXPRESSION}};
    static const BodySchema inner_schema = {.attributes = inner_attributes, .attribute_count = 1};
    BodyContent content;
    bool ok =
        body_content(block->body, &inner_schema, &content, NULL, loading->arena, loading->diags);
    call->enabled = config_read_expr(&content, "enabled");
    return ok;
}

/* Reads a nested block. `_` holds arguments that are named like meta-arguments. Other block
 * types are reserved. */
static bool module_read_block(ConfigLoading *loading, const BodyBlock *block, ModuleCall *call) {
    if (str_equal_cstr(block->type, "lifecycle") && !call->enabled)
        return module_read_lifecycle(loading, block, call);
    if (str_equal_cstr(block->type, "_")) {
        call->body = body_join(call->body, block->body, loading->arena);
        return true;
    }
    diags_error(loading->diags, block->range, "Reserved block type name in module block",
                "A \"%.*s\" block is not supported here.", STR_ARG(block->type));
    return false;
}

static const BodyAttributeSchema attributes[] = {
    {"source", true, BODY_EXPRESSION}, {"version", false, BODY_EXPRESSION},
    {"count", false, BODY_EXPRESSION}, {"for_each", false, BODY_EXPRESSION},
    {"depends_on", false, BODY_CODE},  {"providers", false, BODY_CODE},
};
static const BodyBlockSchema blocks[] = {
    {"lifecycle", 0},
    {"locals", 0},
    {"provider", 1},
    {"_", 0},
};
static const BodySchema schema = {
    .attributes = attributes,
    .attribute_count = ARRAY_COUNT(attributes),
    .blocks = blocks,
    .block_count = ARRAY_COUNT(blocks),
};

/* Returns whether `version` is a literal. Other expressions may evaluate to null, which means no
 * version. */
static bool asks_for_version(const ModuleCall *call, Arena *arena) {
    Value version;
    return call->version_expr && expr_as_literal(call->version_expr, &version, arena);
}

/* Checks a literal source while decoding, so that its error is reported along with others of the
 * file. An address with credentials is left to module_install.c, which hides them. */
static bool module_check_source(ConfigLoading *loading, const ModuleCall *call) {
    Value literal;
    Str source = STR_EMPTY;
    SourceAddress address;
    Arena *arena = loading->arena;
    Diags *diags = loading->diags;
    const Expr *expr = call->source_expr;
    if (!expr || !expr_as_literal(expr, &literal, arena))
        return true;
    if (!static_eval_text(loading->config->statics, loading->module, expr, &source, arena, diags))
        return false;
    if (!source.len)
        return config_module_report_empty(call, diags);
    if (!str_equal(url_redact(source, arena), source))
        return true;
    return module_source_parse(loading->request->sources, source, expr->range, &address, arena,
                               diags) &&
           (!asks_for_version(call, arena) ||
            module_source_check_versions(&address, source, expr->range, arena, diags));
}

static bool module_check_version(ConfigLoading *loading, const ModuleCall *call) {
    Value literal;
    Str version = STR_EMPTY;
    const Expr *expr = call->version_expr;
    if (!expr || !expr_as_literal(expr, &literal, loading->arena) || value_is_null(literal))
        return true;
    return static_eval_text(loading->config->statics, loading->module, expr, &version,
                            loading->arena, loading->diags) &&
           config_requirement_check_version(version, expr->range, loading->diags);
}

static bool module_decode(ConfigLoading *loading, const BodyBlock *block, bool is_override) {
    (void)is_override;
    Arena *arena = loading->arena;
    BodyContent content;
    ModuleCall *call = arena_new(arena, ModuleCall);
    call->name = block->labels[0];
    call->range = block->range;
    bool ok = body_content(block->body, &schema, &content, &call->body, arena, loading->diags);
    call->count = config_read_expr(&content, "count");
    call->for_each = config_read_for_each(block, &content);
    ok &= config_read_traversals(&content, "depends_on", &call->depends_on, arena, loading->diags);
    ok &= config_provider_ref_read_all(&content, &call->providers, loading->arena, loading->diags);
    call->source_expr = config_read_expr(&content, "source");
    call->version_expr = config_read_expr(&content, "version");
    if (call->source_expr)
        call->source_range = call->source_expr->range;
    if (call->version_expr)
        call->version_range = call->version_expr->range;
    ok &= module_check_source(loading, call);
    ok &= module_check_version(loading, call);
    vec_each(&content.blocks, inner) {
        ok &= module_read_block(loading, inner, call);
    }
    ok &= module_check_repetition(loading, &content, call);
    map_put(loading->arena, &loading->module->calls, call->name, call);
    return ok;
}

static const char *const fixed[] = {"depends_on", NULL};

const ConfigBlock config_module = {
    .name = "module",
    .labels = 1,
    .noun = "module",
    .identify = module_identify,
    .decode = module_decode,
    .fixed = fixed,
};
