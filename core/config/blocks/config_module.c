/* Decodes module blocks, which call the configuration in another directory. */
#include "body_merge.h"
#include "config_block.h"
#include "config_provider_ref.h"
#include "config_read.h"
#include "static_eval.h"
#include "url.h"

bool config_module_report_empty(const ModuleCall *call, Diags *diags) {
    return diags_fail(diags, call->source_range, "Invalid module source",
                      "The source of a module must not be empty.");
}

static bool report_both(ConfigLoading *loading, const BodyAttribute *at, const char *with) {
    Str summary = str_format(loading->arena, "Invalid combination of \"%s\" and \"%.*s\"", with,
                             STR_ARG(at->name));
    return diags_fail(
        loading->diags, at->name_range, str_to_cstr(summary, loading->arena),
        "\"%s\" and \"%.*s\" cannot be combined. Use one of them to set the number of instances.",
        with, STR_ARG(at->name));
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

static bool module_report_block(ConfigLoading *loading, const BodyBlock *block, void *) {
    return diags_fail(loading->diags, block->range, "Reserved block type name in module block",
                      "A \"%.*s\" block is not supported here.", STR_ARG(block->type));
}

static bool module_read_lifecycle(ConfigLoading *loading, const BodyBlock *block, void *out) {
    static const BodyAttributeSchema inner_attributes[] = {
        {"enabled", true, BODY_EXPRESSION, CONFIG_EXPR(ModuleCall, enabled)}};
    static const BodySchema inner_schema = {BODY_ATTRIBUTES(inner_attributes)};
    BodyContent content;
    if (((const ModuleCall *)out)->enabled)
        return module_report_block(loading, block, out);
    return config_block_read(loading, block->body, &inner_schema, &content, NULL, out);
}

/* `_` holds arguments that are named like meta-arguments. */
static bool module_join(ConfigLoading *loading, const BodyBlock *block, void *out) {
    ModuleCall *call = out;
    call->body = body_join(call->body, block->body, loading->arena);
    return true;
}

static bool module_read_providers(ConfigLoading *loading, const BodyAttribute *attribute,
                                  void *member) {
    return config_provider_ref_read_all(attribute->expr, member, loading->arena, loading->diags);
}

static const BodyAttributeSchema module_attributes[] = {
    {"source", true, BODY_EXPRESSION, CONFIG_EXPR(ModuleCall, source_expr)},
    {"version", false, BODY_EXPRESSION, CONFIG_EXPR(ModuleCall, version_expr)},
    {"count", false, BODY_EXPRESSION, CONFIG_EXPR(ModuleCall, count)},
    {"for_each", false, BODY_EXPRESSION},
    {"depends_on", false, BODY_CODE, CONFIG_TRAVERSALS(ModuleCall, depends_on)},
    {"providers", false, BODY_CODE, module_read_providers,
     CONFIG_MEMBER(ModuleCall, providers, Map)},
};
static const BodyBlockSchema module_blocks[] = {
    {"lifecycle", 0, module_read_lifecycle},
    {"locals", 0, module_report_block},
    {"provider", 1, module_report_block},
    {"_", 0, module_join},
};
static const BodySchema module_schema = {BODY_ATTRIBUTES(module_attributes),
                                         BODY_BLOCKS(module_blocks)};

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

static bool module_decode(ConfigLoading *loading, const BodyBlock *block) {
    BodyContent content;
    ModuleCall *call = arena_new(loading->arena, ModuleCall);
    call->providers = map_new(loading->arena);
    call->name = block->labels[0];
    call->range = block->range;
    bool ok = config_block_read(loading, block->body, &module_schema, &content, &call->body, call);
    call->for_each = config_read_for_each(block, &content);
    if (call->source_expr)
        call->source_range = call->source_expr->range;
    if (call->version_expr)
        call->version_range = call->version_expr->range;
    ok &= module_check_source(loading, call);
    ok &= module_check_version(loading, call);
    ok &= config_block_read_inner(loading, &module_schema, &content, call);
    ok &= module_check_repetition(loading, &content, call);
    map_put(loading->arena, &loading->module->calls, call->name, call);
    return ok;
}

static const char *const module_fixed[] = {"depends_on", NULL};

const ConfigBlock config_module = {
    .name = "module",
    .labels = 1,
    .noun = "module",
    .label_nouns = {"module name"},
    .decode = module_decode,
    .fixed = module_fixed,
};
