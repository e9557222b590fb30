/* Decodes language blocks: the edition of the language and the compatible programs.
 * config_directory.c has checked the versions before. */
#include "config_block.h"
#include "config_read.h"
#include "version_constraint.h"

static bool check_edition(const BodyContent *content, Diags *diags) {
    const Expr *edition = config_read_expr(content, "edition");
    const Traversal *word = edition ? config_read_traversal(edition) : NULL;
    if (!edition || (word && !word->step_count && str_equal_cstr(word->root, "tofu2024")))
        return true;
    diags_error(diags, edition->range, "Unsupported language edition",
                "\"edition\" requires the name of an edition without quotes. The only edition is "
                "tofu2024.");
    return false;
}

static bool language_check_experiments(const BodyContent *content, Diags *diags) {
    const Expr *names = config_read_expr(content, "experiments");
    if (!names || (names->kind == EXPR_TUPLE && names->as.parts.count == 0))
        return true;
    diags_error(diags, names->range, "Module uses experimental features",
                "loam has no experimental features. Remove the argument.");
    return false;
}

/* Ignores other arguments, which are for other programs. */
static bool read_compatible_with(ConfigLoading *loading, const BodyBlock *block, Str *constraint) {
    static const BodyAttributeSchema attributes[] = {{"opentofu", false, BODY_LITERAL}};
    static const BodySchema schema = {.attributes = attributes, .attribute_count = 1};
    BodyContent content;
    const Body *rest;
    bool takes_all = false;
    Str before = *constraint;
    if (!body_content(block->body, &schema, &content, &rest, loading->arena, loading->diags) ||
        !config_read_string(&content, "opentofu", constraint, loading->arena, loading->diags))
        return false;
    if (before.len) {
        diags_error(loading->diags, block->range, "Duplicate compatible_with block",
                    "The module already declares its OpenTofu versions. Merge the two blocks.");
        return false;
    }
    if (constraint->len && version_constraint_check(*constraint, STR("1.11.0"), &takes_all) &&
        takes_all)
        diags_warning(
            loading->diags, body_content_find(&content, "opentofu")->range,
            "Ineffective version constraint",
            "OpenTofu reads this block only since version 1.12.0, but the constraint allows older "
            "versions. Write \">= 1.12\" here, or use required_version in a terraform block.");
    return true;
}

static bool language_decode(ConfigLoading *loading, const BodyBlock *block, bool is_override) {
    static const BodyAttributeSchema attributes[] = {
        {"edition", false, BODY_CODE},
        {"experiments", false, BODY_LITERAL},
    };
    static const BodyBlockSchema blocks[] = {{"compatible_with", 0}};
    static const BodySchema schema = {
        .attributes = attributes,
        .attribute_count = ARRAY_COUNT(attributes),
        .blocks = blocks,
        .block_count = ARRAY_COUNT(blocks),
    };
    (void)is_override;
    BodyContent content;
    Str constraint = STR_EMPTY;
    bool ok = body_content(block->body, &schema, &content, NULL, loading->arena, loading->diags);
    ok &= check_edition(&content, loading->diags);
    ok &= language_check_experiments(&content, loading->diags);
    vec_each(&content.blocks, inner) {
        ok &= read_compatible_with(loading, inner, &constraint);
    }
    return ok;
}

const ConfigBlock config_language = {
    .name = "language",
    .noun = "language",
    .decode = language_decode,
    .is_final = true,
};
