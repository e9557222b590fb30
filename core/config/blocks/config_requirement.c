/* Decodes required_providers: local name → source address, version constraint, and aliases that
 * callers must pass. It reads the expressions, so that each error has its own range. */
#include "config_block.h"

#include "config_provider_ref.h"
#include "config_read.h"
#include "version_constraint.h"

typedef struct RequirementReader {
    ConfigLoading *loading;
    const BodyAttribute *attribute;
    ProviderRequirement *out;
} RequirementReader;

static bool requirement_refuse(RequirementReader *reader, SourceRange range, const char *summary,
                               const char *detail) {
    return diags_fail(reader->loading->diags, range, summary, "%s", detail);
}

bool config_requirement_check_version(Str version, SourceRange range, Diags *diags) {
    bool is_satisfied;
    if (version_constraint_check(version, STR("1.0.0"), &is_satisfied))
        return true;
    return diags_fail(
        diags, range, "Invalid version constraint",
        "\"%.*s\" is not a valid version constraint. Use a constraint such as \">= 1.5, < "
        "2.0\" or \"~> 1.11\".",
        STR_ARG(version));
}

/* Constraints on providers are stricter than those on modules, as in Terraform: no "v" stands
 * before a version, and at most one space behind an operator. */
bool config_requirement_check_provider(Str version, SourceRange range, Diags *diags) {
    Str rest = version, part;
    while (str_next_field(&rest, ',', &part)) {
        part = str_trim(part);
        size_t at = 0;
        while (at < part.len && strchr("=!<>~", part.ptr[at]))
            at++;
        size_t spaces = at;
        while (at < part.len && part.ptr[at] == ' ')
            at++;
        if (at - spaces > 1 || (at < part.len && part.ptr[at] == 'v'))
            return diags_fail(diags, range, "Invalid version constraint",
                              "In \"%.*s\" only one space may follow an operator, and no \"v\" may "
                              "stand before a version.",
                              STR_ARG(part));
    }
    return true;
}

/* Returns whether the text is a host name: labels with dots between them. Text after the last
 * colon, the port, is not checked. */
static bool requirement_is_host(Str text) {
    Str rest = text;
    Str label = STR_EMPTY;
    bool has_capital;
    size_t colon = str_rfind_char(text, ':');
    if (colon != SIZE_MAX)
        rest = str_slice(text, 0, colon);
    while (str_next_field(&rest, '.', &label))
        if (!config_provider_ref_is_name_part(label, &has_capital))
            return false;
    return true;
}

static bool requirement_is_ascii(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    }
    return true;
}

/* Checks the fields of a source: the last is the type, the one before it the namespace. */
static bool requirement_check_fields(RequirementReader *reader, Str source, size_t count,
                                     SourceRange range) {
    Str rest = source;
    Str field = STR_EMPTY;
    bool has_capital;
    if (!requirement_is_ascii(source))
        return requirement_refuse(
            reader, range, "Invalid provider source string",
            "A provider source must not contain letters beyond ASCII, because they can "
            "look like other letters. Write such a host name in its ASCII form, which "
            "has labels that begin with \"xn--\".");
    for (size_t left = count; str_next_field(&rest, '/', &field); left--) {
        if (left == 3 && !requirement_is_host(field))
            return requirement_refuse(
                reader, range, "Invalid provider source hostname",
                "In a source with two slashes, the first part must be a host name.");
        if (left < 3 && !config_provider_ref_is_name_part(field, &has_capital))
            return requirement_refuse(
                reader, range, left == 2 ? "Invalid provider namespace" : "Invalid provider type",
                "The parts of a provider source may contain letters, digits and dashes, "
                "and must not begin or end with a dash.");
    }
    return true;
}

/* Checks a source: [host/][namespace/]type. */
static bool requirement_check_source(RequirementReader *reader, Str source, SourceRange range) {
    Str rest = source;
    Str field = STR_EMPTY;
    size_t count = 0;
    bool ok = source.len > 0;
    while (str_next_field(&rest, '/', &field)) {
        ok &= field.len > 0;
        count++;
    }
    if (!ok || count > 3)
        return requirement_refuse(reader, range, "Invalid provider source string",
                                  "A provider source has the form \"[host/][namespace/]name\".");
    if (!requirement_check_fields(reader, source, count, range))
        return false;
    if (str_starts_with(field, STR("terraform-provider-")))
        return requirement_refuse(
            reader, range, "Invalid provider type",
            "Write the provider name without \"terraform-provider-\", which is only a "
            "prefix of its program and repository.");
    return true;
}

static bool add_alias(RequirementReader *reader, const Expr *list, const Expr *item) {
    Arena *arena = reader->loading->arena;
    ProviderRef ref;
    if (!config_provider_ref_read(item, &ref, arena, reader->loading->diags))
        return false;
    if (!ref.alias.len || ref.key)
        return requirement_refuse(
            reader, list->range, "Invalid configuration_aliases value",
            "An alias must include the provider name, as in \"libvirt.east\".");
    if (!str_equal(ref.name, reader->out->name))
        return requirement_refuse(
            reader, list->range, "Invalid configuration_aliases value",
            "The aliases of a provider must begin with its local name in required_providers.");
    vec_push(arena, &reader->out->aliases, config_provider_key(ref.name, ref.alias, arena));
    return true;
}

static bool read_aliases(RequirementReader *reader, const Expr *list) {
    bool ok = true;
    if (list->kind != EXPR_TUPLE)
        return requirement_refuse(
            reader, list->range, "Invalid configuration_aliases value",
            "\"configuration_aliases\" must be a list of names such as \"libvirt.east\".");
    for (size_t i = 0; i < list->as.parts.count; i++)
        ok &= add_alias(reader, list, list->as.parts.items[i]);
    return ok;
}

static bool requirement_read_text(RequirementReader *reader, const Expr *expr, const char *summary,
                                  Str *out) {
    Value value;
    if (!expr_as_literal(expr, &value, reader->loading->arena) || !value_is_present(value) ||
        value.type != &TYPE_STRING)
        return requirement_refuse(reader, expr->range, summary,
                                  "This argument must be a literal string.");
    *out = value_text(value);
    return true;
}

/* Reads the short form, a version constraint as a string or number. */
static bool requirement_read_version(RequirementReader *reader, const Expr *expr) {
    Str *out = &reader->out->version;
    Value value;
    ConvertError ignored;
    bool is_literal = expr_as_literal(expr, &value, reader->loading->arena);
    if (!is_literal || !value_is_present(value) ||
        !convert_value(value, &TYPE_STRING, &value, &ignored, reader->loading->arena))
        return requirement_refuse(
            reader, expr->range, "Invalid required_providers object",
            "A provider requirement must be a version constraint or an object.");
    *out = value_text(value);
    return config_requirement_check_version(*out, expr->range, reader->loading->diags);
}

static bool requirement_read_member(RequirementReader *reader, const ExprItem *item) {
    static const char *const names[] = {"source", "version", "configuration_aliases"};
    ProviderRequirement *out = reader->out;
    Str key = STR_EMPTY;
    if (!requirement_read_text(reader, item->key, "Invalid required_providers object", &key))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(names) && expr_is_null(item->value); i++)
        if (str_equal_cstr(key, names[i]))
            return true;
    if (str_equal_cstr(key, "source"))
        return requirement_read_text(reader, item->value, "Invalid source", &out->source) &&
               requirement_check_source(reader, out->source, item->value->range);
    if (str_equal_cstr(key, "version"))
        return requirement_read_text(reader, item->value, "Invalid version constraint",
                                     &out->version) &&
               config_requirement_check_version(out->version, item->value->range,
                                                reader->loading->diags);
    if (str_equal_cstr(key, "configuration_aliases"))
        return read_aliases(reader, item->value);
    return requirement_refuse(
        reader, item->key->range, "Invalid required_providers object",
        "A provider requirement supports only \"source\", \"version\" and "
        "\"configuration_aliases\". Set provider arguments in a provider block.");
}

static bool requirement_read_value(RequirementReader *reader) {
    const Expr *expr = reader->attribute->expr;
    bool ok = true;
    if (expr->kind != EXPR_OBJECT)
        return requirement_read_version(reader, expr);
    for (size_t i = 0; i < expr->as.object.count; i++)
        ok &= requirement_read_member(reader, &expr->as.object.items[i]);
    return ok;
}

/* Warns about two local names for one provider: a configuration passed under one name does not
 * apply to the other. */
static void warn_of_second(ConfigLoading *loading, const ProviderRequirement *requirement) {
    map_each(&loading->module->requirements, entry) {
        const ProviderRequirement *before = entry->value;
        if (!requirement->source.len || !str_equal(before->source, requirement->source) ||
            str_equal(before->name, requirement->name))
            continue;
        diags_warning(
            loading->diags, requirement->range, "Duplicate required provider",
            "The provider \"%.*s\" is already required as \"%.*s\". Use one local name for it.",
            STR_ARG(requirement->source), STR_ARG(before->name));
        return;
    }
}

static bool read_requirement(ConfigLoading *loading, const BodyAttribute *attribute) {
    Map *all = &loading->module->requirements;
    ProviderRequirement *requirement = arena_new(loading->arena, ProviderRequirement);
    requirement->name = attribute->name;
    requirement->range = attribute->range;
    RequirementReader reader = {loading, attribute, requirement};
    bool is_source_implied = attribute->expr->kind != EXPR_OBJECT;
    SourceRange place = is_source_implied ? attribute->expr->range : attribute->name_range;
    bool ok = config_provider_ref_check_name(attribute->name, place, loading->diags);
    ok &=
        requirement_read_value(&reader) &&
        config_requirement_check_provider(requirement->version, requirement->range, loading->diags);
    if (map_has(all, attribute->name) && !loading->is_override)
        return requirement_refuse(&reader, attribute->name_range, "Duplicate required provider",
                                  "The module already requires this provider.");
    warn_of_second(loading, requirement);
    map_put(loading->arena, all, requirement->name, requirement);
    return ok;
}

bool config_requirement_read(ConfigLoading *loading, const BodyBlock *block, void *) {
    BodyContent content = {0};
    Module *module = loading->module;
    if (module->requirements_range.source && !loading->is_override) {
        Str place = config_read_place(module->requirements_range, loading->arena);
        return diags_fail(
            loading->diags, block->range, "Duplicate required providers configuration",
            "A module supports one required_providers block; the first is at %.*s. Move "
            "all requirements there.",
            STR_ARG(place));
    }
    if (!loading->is_override)
        module->requirements_range = block->range;
    bool ok = body_attributes(block->body, BODY_LITERAL, &content, loading->arena, loading->diags);
    vec_each(&content.attributes, attribute) {
        if (expr_is_null(attribute->expr))
            continue;
        ok &= read_requirement(loading, attribute);
    }
    return ok;
}
