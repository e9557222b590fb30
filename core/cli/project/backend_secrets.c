/* backend_secrets: sensitive arguments, and addresses with a password. */
#include "backend_secrets.h"

#include "url.h"

/* An address or a list of settings is a secret only if it contains a password; a path is none. */
static bool secrets_is_secret(const Project *project, const Attribute *attribute, Value value) {
    SCOPED(ArenaRef) scratch = arena_open("secrets");
    if (!value_is_present(value))
        return false;
    bool is_sensitive = attribute->flags & SENSITIVE;
    if (value.type->kind != KIND_STRING)
        return is_sensitive;
    Str text = value_text(value);
    if (str_find(text, STR("://"), 0) != SIZE_MAX)
        return !str_equal(url_redact(text, scratch), text);
    if (str_find(text, STR("host="), 0) != SIZE_MAX ||
        str_find(text, STR("dbname="), 0) != SIZE_MAX)
        return str_find(text, STR("password="), 0) != SIZE_MAX;
    return is_sensitive && text.len > 0 && !disk_exists(project->cli->io.disk, text);
}

/* Returns the variable in a description such as "Secret key (default: $AWS_SECRET_ACCESS_KEY)":
 * credentials that have an order among others are no variables of the backend. */
static Str secrets_described_variable(const Attribute *attribute) {
    Str rest = str_from_cstr(attribute->description);
    size_t at = str_find_char(rest, '$', 0);
    if (at == SIZE_MAX)
        return STR_EMPTY;
    rest = str_after(rest, at + 1);
    size_t end = 0;
    while (end < rest.len && str_has_only(str_slice(rest, end, end + 1), "_"))
        end++;
    return str_slice(rest, 0, end);
}

static Str secrets_variable(const BackendType *type, const Attribute *attribute) {
    for (size_t i = 0; i < type->variable_count; i++) {
        if (strcmp(type->variables[i].attribute, attribute->name) == 0)
            return str_from_cstr(type->variables[i].name);
    }
    return secrets_described_variable(attribute);
}

void backend_secrets_warn(Project *project, const BackendChoice *choice) {
    const Schema *schema = &choice->type->schema;
    StrBuf text = strbuf_new(project->cli->arena);
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const Attribute *attribute = &schema->attributes[i];
        Value value;
        if (!value_find_present(choice->config, str_from_cstr(attribute->name), &value) ||
            !secrets_is_secret(project, attribute, value))
            continue;
        Str variable = secrets_variable(choice->type, attribute);
        strbuf_add_format(&text, "%s\"%s\"", text.len ? ", " : "", attribute->name);
        if (variable.len)
            strbuf_add_format(&text, " (%.*s)", STR_ARG(variable));
    }
    if (text.len)
        diags_warning(project->diags, NO_RANGE, "Secrets among the arguments of the backend",
                      "loam init records these arguments in its data directory, readable for "
                      "your user alone: %.*s. Set the environment variables in parentheses "
                      "instead, remove the arguments, and run loam init again.",
                      STR_ARG(strbuf_str(&text)));
}
