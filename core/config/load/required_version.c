#include "required_version.h"

#include "config_read.h"
#include "eval.h"
#include "version.h"
#include "version_constraint.h"

#define LANGUAGE_VERSION "LOAM_LANGUAGE_VERSION"
#define TERRAFORM_OLDEST VERSION_TERRAFORM
#define TERRAFORM_NEWEST "1.17.0"

/* The releases of the language that loam implements. "1.12" stands for each release of that line:
 * a line gets no new constructs after its first release. */
static const char *const terraform_releases[] = {
    TERRAFORM_OLDEST, "1.12", "1.13", "1.14", "1.15", "1.16", TERRAFORM_NEWEST,
};
#define LINE_RELEASES 100 /* more than a line ever has */

/* A program whose version a block constrains. */
typedef enum RequiredProgram {
    REQUIRED_TERRAFORM, /* or OpenTofu */
    REQUIRED_OPENTOFU,
    REQUIRED_LOAM,
} RequiredProgram;

typedef struct VersionCheck {
    const ConfigLoading *loading;
    const Module *module;
    RequiredProgram program;
    Diags *unmet;
} VersionCheck;

/* Returns false if the constraint does not parse. */
static bool is_met_by_line(Str constraint, Str line, bool *is_met, Arena *arena) {
    for (int i = 0; i < LINE_RELEASES && !*is_met; i++) {
        Str release = str_format(arena, "%.*s.%d", STR_ARG(line), i);
        if (!version_constraint_check(constraint, release, is_met))
            return false;
    }
    return true;
}

static bool is_line(Str release) {
    return str_find_char(str_after(release, str_find_char(release, '.', 0) + 1), '.', 0) ==
           SIZE_MAX;
}

static bool is_met_by_releases(Str constraint, bool *is_met) {
    SCOPED(ArenaRef) scratch = arena_open("required version");
    bool ok = version_constraint_check(constraint, STR(VERSION_OPENTOFU), is_met);
    for (size_t i = 0; ok && i < ARRAY_COUNT(terraform_releases) && !*is_met; i++) {
        Str release = str_from_cstr(terraform_releases[i]);
        ok = is_line(release) ? is_met_by_line(constraint, release, is_met, scratch)
                              : version_constraint_check(constraint, release, is_met);
    }
    return ok;
}

static Str version_of_environment(const VersionCheck *check) {
    return process_variable(check->loading->request->io->process, LANGUAGE_VERSION);
}

/* Returns false if the constraint does not parse. */
static bool is_met(const VersionCheck *check, Str constraint, bool *out) {
    Str forced = version_of_environment(check);
    *out = false;
    if (check->program == REQUIRED_LOAM)
        return version_constraint_check(constraint, STR(VERSION_LOAM), out);
    if (forced.len)
        return version_constraint_check(constraint, forced, out);
    if (check->program == REQUIRED_OPENTOFU)
        return version_constraint_check(constraint, STR(VERSION_OPENTOFU), out);
    return is_met_by_releases(constraint, out);
}

static void report_unmet(const VersionCheck *check, SourceRange range, Str constraint) {
    Arena *arena = check->loading->arena;
    Str forced = version_of_environment(check);
    Str path = check->module->path;
    Str module =
        path.len ? str_format(arena, "The module %.*s", STR_ARG(path)) : STR("The root module");
    if (check->program == REQUIRED_LOAM)
        diags_error(check->unmet, range, "Unsupported loam version",
                    "%.*s requires loam \"%.*s\", and this is loam " VERSION_LOAM ".",
                    STR_ARG(module), STR_ARG(constraint));
    else if (forced.len)
        diags_error(check->unmet, range, "Unsupported language version",
                    "%.*s requires \"%.*s\", but the environment variable " LANGUAGE_VERSION
                    " selects %.*s. Change the constraint, or that variable.",
                    STR_ARG(module), STR_ARG(constraint), STR_ARG(forced));
    else if (check->program == REQUIRED_OPENTOFU)
        diags_error(
            check->unmet, range, "Unsupported OpenTofu version",
            "%.*s requires OpenTofu \"%.*s\". loam is compatible with OpenTofu " VERSION_OPENTOFU
            ". Change the constraint, or set " LANGUAGE_VERSION ".",
            STR_ARG(module), STR_ARG(constraint));
    else
        diags_error(check->unmet, range, "Unsupported Terraform version",
                    "%.*s requires \"%.*s\". loam is compatible with Terraform " TERRAFORM_OLDEST
                    " to " TERRAFORM_NEWEST " and OpenTofu " VERSION_OPENTOFU
                    ". Change the constraint, or set " LANGUAGE_VERSION ".",
                    STR_ARG(module), STR_ARG(constraint));
}

static bool check_constraint(const VersionCheck *check, const BodyAttribute *attribute,
                             Str constraint) {
    SourceRange range = attribute->expr->range;
    bool is_satisfied;
    if (str_find_char(constraint, '-', 0) != SIZE_MAX) {
        diags_error(check->unmet, range, "Invalid required_version constraint",
                    "\"%.*s\" contains a pre-release version. Use only released versions.",
                    STR_ARG(constraint));
        return true;
    }
    if (!is_met(check, constraint, &is_satisfied))
        return diags_fail(
            check->loading->diags, range, "Invalid version constraint",
            "\"%.*s\" is not a valid version constraint. Use a constraint such as \">= "
            "1.5, < 2.0\" or \"~> 1.11\".",
            STR_ARG(constraint));
    if (!is_satisfied)
        report_unmet(check, attribute->name_range, constraint);
    return true;
}

static bool check_argument(const VersionCheck *check, const char *name, const Body *body) {
    Arena *arena = check->loading->arena;
    BodyAttributeSchema asked = {name, false, BODY_LITERAL};
    BodySchema schema = {.attributes = &asked, .attribute_count = 1};
    BodyContent content;
    const Body *rest;
    Value value;
    Diags said = diags_new(arena); /* dropped: decoding the whole block reports them */
    bool ok = body_content(body, &schema, &content, &rest, arena, &said);
    const BodyAttribute *attribute = body_content_find(&content, name);
    if (!ok || !attribute)
        return true;
    if (!eval_constant(attribute->expr, &value, arena, check->loading->diags) ||
        !config_read_literal(attribute, &TYPE_STRING, &value, arena, check->loading->diags))
        return false;
    return value_is_null(value) || check_constraint(check, attribute, value_text(value));
}

/* The constraint is in a nested compatible_with block, next to those for other programs. */
static bool check_language(const VersionCheck *check, const BodyBlock *language) {
    static const BodyBlockSchema blocks[] = {{"compatible_with", 0}};
    static const BodySchema schema = {BODY_BLOCKS(blocks)};
    BodyContent content = {0};
    const Body *rest;
    Diags said = diags_new(check->loading->arena);
    bool ok = true;
    (void)!body_content(language->body, &schema, &content, &rest, check->loading->arena, &said);
    vec_each(&content.blocks, block) {
        ok &= check_argument(check, "opentofu", block->body);
    }
    return ok;
}

static bool is_for_opentofu(const FrontEndFile *file) {
    return str_starts_with(str_from_cstr(file->front_end->suffix), STR(".tofu"));
}

static bool check_block(VersionCheck *check, const FrontEndFile *file, const BodyBlock *block) {
    bool is_language = str_equal_cstr(block->type, "language");
    check->program = str_equal_cstr(block->type, "loam")    ? REQUIRED_LOAM
                     : is_language || is_for_opentofu(file) ? REQUIRED_OPENTOFU
                                                            : REQUIRED_TERRAFORM;
    return is_language ? check_language(check, block)
                       : check_argument(check, "required_version", block->body);
}

static bool check_environment(const VersionCheck *check) {
    Str forced = version_of_environment(check);
    return !forced.len || version_constraint_is_version(forced) ||
           diags_fail(check->loading->diags, NO_RANGE, "Invalid " LANGUAGE_VERSION,
                      "The environment variable is \"%.*s\", but must be a version such "
                      "as " TERRAFORM_OLDEST ".",
                      STR_ARG(forced));
}

bool required_version_check(const ConfigLoading *loading, const Module *module,
                            const FrontEndFile *file, Diags *unmet) {
    static const BodyBlockSchema blocks[] = {{"terraform", 0}, {"loam", 0}, {"language", 0}};
    static const BodySchema schema = {BODY_BLOCKS(blocks)};
    VersionCheck check = {.loading = loading, .module = module, .unmet = unmet};
    BodyContent content = {0};
    const Body *rest;
    Diags said = diags_new(loading->arena);
    (void)!body_content(file->body, &schema, &content, &rest, loading->arena, &said);
    bool ok = true;
    if (content.blocks.count && !check_environment(&check))
        return false;
    vec_each(&content.blocks, block) {
        ok &= check_block(&check, file, block);
    }
    return ok;
}
