/* Checks required_version and compatible_with before a file is decoded: syntax of a newer
 * version may be an error in this one. */
#include "config_version.h"

#include "config_read.h"
#include "eval.h"
#include "version.h"
#include "version_constraint.h"

/* A program whose version a block constrains. */
typedef struct Program {
    const char *block;
    const char *attribute;
    const char *asked; /* "This module requires …" */
    const char *here;  /* "this is …" */
    const char *version;
} Program;

static const Program programs[] = {
    {"terraform", "required_version", "version",  "a program compatible with version ",
     VERSION_TERRAFORM                                                                                   },
    {"loam",      "required_version", "loam",     "loam ",                               VERSION_LOAM    },
    {"language",  "opentofu",         "OpenTofu", "a program compatible with OpenTofu ", VERSION_OPENTOFU},
};

/* Checks one constraint. Adds an unmet one to `unmet`, which is reported only if there are no
 * other errors. */
static bool judge(const Program *program,
                  const BodyAttribute *attribute,
                  Str constraint,
                  Diags *diags,
                  Diags *unmet) {
    SourceRange range = attribute->expr->range;
    bool is_satisfied = false;
    if (str_find_char(constraint, '-', 0) != SIZE_MAX) {
        diags_error(unmet, range, "Invalid required_version constraint",
                    "\"%.*s\" contains a pre-release version. Use only released versions.",
                    STR_ARG(constraint));
        return true;
    }
    if (!version_constraint_check(constraint, str_from_cstr(program->version), &is_satisfied)) {
        diags_error(diags, range, "Invalid version constraint",
                    "\"%.*s\" is not a valid version constraint. Use a constraint such as \">= "
                    "1.5, < 2.0\" or \"~> 1.11\".",
                    STR_ARG(constraint));
        return false;
    }
    if (!is_satisfied)
        diags_error(unmet, attribute->name_range, "Unsupported version",
                    "This module requires %s \"%.*s\", and this is %s%s.", program->asked,
                    STR_ARG(constraint), program->here, program->version);
    return true;
}

static bool check_body(
    const Program *program, const Body *body, Arena *arena, Diags *diags, Diags *unmet) {
    BodyAttributeSchema asked = {program->attribute, false, BODY_LITERAL};
    BodySchema schema = {.attributes = &asked, .attribute_count = 1};
    BodyContent content;
    const Body *rest;
    Value value;
    Diags said = diags_new(arena); /* dropped: decoding the whole block reports them */
    bool ok = body_content(body, &schema, &content, &rest, arena, &said);
    const BodyAttribute *attribute = body_content_find(&content, program->attribute);
    if (!ok || !attribute)
        return true;
    if (!eval_constant(attribute->expr, &value, arena, diags) ||
        !config_read_literal(attribute, &TYPE_STRING, &value, arena, diags))
        return false;
    return value_is_null(value) || judge(program, attribute, value_text(value), diags, unmet);
}

/* The constraint is in a nested compatible_with block, next to those for other programs. */
static bool check_language(
    const Program *program, const BodyBlock *language, Arena *arena, Diags *diags, Diags *unmet) {
    static const BodyBlockSchema blocks[] = {
        {"compatible_with", 0}
    };
    static const BodySchema schema = {.blocks = blocks, .block_count = 1};
    BodyContent content = {0};
    const Body *rest;
    Diags said = diags_new(arena);
    bool ok = true;
    (void)!body_content(language->body, &schema, &content, &rest, arena, &said);
    vec_each(&content.blocks, block) {
        ok &= check_body(program, block->body, arena, diags, unmet);
    }
    return ok;
}

static bool check_block(const BodyBlock *block, Arena *arena, Diags *diags, Diags *unmet) {
    const Program *program = programs;
    while (!str_equal_cstr(block->type, program->block))
        program++;
    return str_equal_cstr(block->type, "language")
               ? check_language(program, block, arena, diags, unmet)
               : check_body(program, block->body, arena, diags, unmet);
}

bool config_version_check(const Body *file, Arena *arena, Diags *diags, Diags *unmet) {
    BodyBlockSchema blocks[ARRAY_COUNT(programs)];
    BodySchema schema = {.blocks = blocks, .block_count = ARRAY_COUNT(blocks)};
    BodyContent content;
    const Body *rest;
    Diags said = diags_new(arena);
    bool ok = true;
    for (size_t i = 0; i < ARRAY_COUNT(programs); i++)
        blocks[i] = (BodyBlockSchema){programs[i].block, 0};
    (void)!body_content(file, &schema, &content, &rest, arena, &said);
    vec_each(&content.blocks, block) {
        ok &= check_block(block, arena, diags, unmet);
    }
    return ok;
}
