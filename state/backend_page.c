/* backend_page: arguments, their environment variables, and general properties of a backend. */
#include "backend.h"

static void page_add_variables(const BackendType *type, const char *attribute, StrBuf *out) {
    for (size_t i = 0; i < type->variable_count; i++) {
        if (strcmp(type->variables[i].attribute, attribute) == 0)
            strbuf_add_format(out, " `%s`", type->variables[i].name);
    }
}

static const char *need_of(const Attribute *row) {
    return row->flags & REQUIRED ? "required" : "optional";
}

static const char *page_mark_of(const Attribute *row) {
    static const char *const marks[] = {"", ", sensitive", ", starts a program",
                                        ", sensitive, starts a program"};
    return marks[(row->flags & SENSITIVE ? 1 : 0) + (row->flags & STARTS_PROGRAM ? 2 : 0)];
}

static Str backend_page_type_of(const Attribute *row, Arena *arena) {
    return type_to_constraint(attribute_implied_type(row), arena);
}

static void add_inner_row(const Attribute *row, StrBuf *out, Arena *arena) {
    strbuf_add_format(out, "| `%s` | %.*s | %s%s | %s |\n", row->name,
                      STR_ARG(backend_page_type_of(row, arena)), need_of(row), page_mark_of(row),
                      row->description);
}

static void backend_page_add_row(const BackendType *type, const Attribute *row, StrBuf *out,
                                 Arena *arena) {
    strbuf_add_format(out, "| `%s` | %.*s | %s%s |", row->name,
                      STR_ARG(backend_page_type_of(row, arena)), need_of(row), page_mark_of(row));
    page_add_variables(type, row->name, out);
    strbuf_add_format(out, " | %s |\n", row->description);
}

static void page_add_block(const Block *block, StrBuf *out, Arena *arena) {
    const Schema *schema = &block->schema;
    strbuf_add_format(out, "\nBlock `%s`: %s\n\n| argument | type | | |\n|---|---|---|---|\n",
                      block->name, schema->description);
    for (size_t i = 0; i < schema->attribute_count; i++)
        add_inner_row(&schema->attributes[i], out, arena);
}

void backend_page_write(const BackendType *type, StrBuf *out, Arena *arena) {
    strbuf_add_format(out, "\n## %s\n\n%s", type->name, type->schema.description);
    if (type->about)
        strbuf_add_format(out, " %s", type->about);
    const char *all = type->has_own_block ? "yes, none is `default`" : "yes";
    strbuf_add_format(out, "\n\nWorkspaces: %s.\n", type->list ? all : "only `default`");
    strbuf_add_cstr(out, "\n| argument | type | | environment | |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < type->schema.attribute_count; i++)
        backend_page_add_row(type, &type->schema.attributes[i], out, arena);
    for (size_t i = 0; i < type->schema.block_count; i++)
        page_add_block(&type->schema.blocks[i], out, arena);
}
