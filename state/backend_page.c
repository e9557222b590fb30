/* backend_page: arguments, where they come from, and what holds for the backend as a whole. */
#include "backend_page.h"

static void add_variables(const BackendType *type, const char *attribute, StrBuf *out) {
    for (size_t i = 0; i < type->variable_count; i++) {
        if (strcmp(type->variables[i].attribute, attribute) == 0)
            strbuf_add_format(out, " `%s`", type->variables[i].name);
    }
}

static void add_row(const BackendType *type, const Attribute *row, StrBuf *out, Arena *arena) {
    bool is_required = (row->flags & REQUIRED) != 0;
    bool is_sensitive = (row->flags & SENSITIVE) != 0;
    strbuf_add_format(out, "| `%s` | %.*s | %s%s |", row->name,
                      STR_ARG(type_to_constraint(attribute_implied_type(row), arena)),
                      is_required ? "required" : "optional", is_sensitive ? ", sensitive" : "");
    add_variables(type, row->name, out);
    strbuf_add_format(out, " | %s |\n", row->description);
}

void backend_page_write(const BackendType *type, StrBuf *out, Arena *arena) {
    strbuf_add_format(out, "\n## %s\n\n%s", type->name, type->schema.description);
    if (type->about)
        strbuf_add_format(out, " %s", type->about);
    strbuf_add_format(out, "\n\nWorkspaces: %s.\n", type->list ? "yes" : "`default` alone");
    strbuf_add_cstr(out, "\n| argument | type | | environment | |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < type->schema.attribute_count; i++)
        add_row(type, &type->schema.attributes[i], out, arena);
}
