/* Decodes language blocks: the edition of the language and the compatible programs.
 * config_directory.c has checked the versions before. */
#include "config_block.h"
#include "config_read.h"
#include "version_constraint.h"

static bool check_edition(ConfigLoading *loading, const BodyAttribute *attribute, void *) {
    const Traversal *word = config_read_traversal(attribute->expr);
    if (word && !word->step_count && str_equal_cstr(word->root, "tofu2024"))
        return true;
    return diags_fail(
        loading->diags, attribute->expr->range, "Unsupported language edition",
        "\"edition\" requires the name of an edition without quotes. The only edition is "
        "tofu2024.");
}

static bool language_check_experiments(ConfigLoading *loading, const BodyAttribute *attribute,
                                       void *) {
    const Expr *names = attribute->expr;
    if (names->kind == EXPR_TUPLE && names->as.parts.count == 0)
        return true;
    return diags_fail(loading->diags, names->range, "Module uses experimental features",
                      "loam has no experimental features. Remove the argument.");
}

/* Ignores other arguments, which are for other programs. */
static bool read_compatible_with(ConfigLoading *loading, const BodyBlock *block, void *out) {
    static const BodyAttributeSchema attributes[] = {
        {"opentofu", false, BODY_LITERAL, config_block_text}};
    static const BodySchema schema = {BODY_ATTRIBUTES(attributes)};
    BodyContent content;
    const Body *rest;
    bool takes_all = false;
    Str *constraint = out;
    Str before = *constraint;
    if (!config_block_read(loading, block->body, &schema, &content, &rest, constraint))
        return false;
    if (before.len)
        return diags_fail(
            loading->diags, block->range, "Duplicate compatible_with block",
            "The module already declares its OpenTofu versions. Merge the two blocks.");
    if (constraint->len && version_constraint_check(*constraint, STR("1.11.0"), &takes_all) &&
        takes_all)
        diags_warning(
            loading->diags, body_content_find(&content, "opentofu")->range,
            "Ineffective version constraint",
            "OpenTofu reads this block only since version 1.12.0, but the constraint allows older "
            "versions. Write \">= 1.12\" here, or use required_version in a terraform block.");
    return true;
}

static bool language_decode(ConfigLoading *loading, const BodyBlock *block) {
    static const BodyAttributeSchema attributes[] = {
        {"edition", false, BODY_CODE, check_edition},
        {"experiments", false, BODY_LITERAL, language_check_experiments},
    };
    static const BodyBlockSchema blocks[] = {{"compatible_with", 0, read_compatible_with}};
    static const BodySchema schema = {BODY_ATTRIBUTES(attributes), BODY_BLOCKS(blocks)};
    BodyContent content;
    Str constraint = STR_EMPTY;
    bool ok = config_block_read(loading, block->body, &schema, &content, NULL, &constraint);
    return config_block_read_inner(loading, &schema, &content, &constraint) && ok;
}

const ConfigBlock config_language = {
    .name = "language",
    .noun = "language",
    .decode = language_decode,
    .is_final = true,
};
