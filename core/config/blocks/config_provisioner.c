/* Decodes provisioner blocks; the provisioner itself reads the rest of the body. A destroy-time
 * provisioner may refer only to its own object, because others may already be destroyed. */
#include "config_block.h"

#include "body_merge.h"
#include "config_legacy.h"
#include "config_read.h"

typedef struct DestroySearch {
    const BodyAttribute *attribute;
    Diags *diags;
    bool ok;
} DestroySearch;

static bool config_provisioner_is_own(const Traversal *traversal) {
    static const char *const roots[] = {"self", "path", "terraform", "tofu", "loam"};
    for (size_t i = 0; i < ARRAY_COUNT(roots); i++)
        if (str_equal_cstr(traversal->root, roots[i]))
            return true;
    Str step = traversal->step_count ? traversal->steps[0].name : STR_EMPTY;
    return (str_equal_cstr(traversal->root, "count") && str_equal_cstr(step, "index")) ||
           (str_equal_cstr(traversal->root, "each") && str_equal_cstr(step, "key"));
}

static void check_own(Traversal *traversal, void *payload) {
    DestroySearch *search = payload;
    if (config_provisioner_is_own(traversal))
        return;
    diags_error(search->diags, search->attribute->expr->range,
                "Invalid reference from destroy provisioner",
                "When an object is destroyed, other objects may already be gone. A destroy-time "
                "provisioner and its connection may refer only to \"self\", \"count.index\" and "
                "\"each.key\". Store other values in the object.");
    search->ok = false;
}

static bool check_destroy_body(const Body *body, Arena *arena, Diags *diags) {
    BodyContent content = {0};
    DestroySearch search = {.diags = diags, .ok = true};
    if (!body_attributes(body, BODY_EXPRESSION, &content, arena, diags))
        return false;
    vec_each(&content.attributes, attribute) {
        search.attribute = attribute;
        expr_each_traversal(attribute->expr, check_own, &search);
    }
    return search.ok;
}

static const Connection *new_connection(const BodyBlock *block, Arena *arena) {
    Connection *connection = arena_new(arena, Connection);
    *connection = (Connection){block->body, block->range};
    return connection;
}

static bool config_provisioner_read_inner(const BodyBlock *block, Provisioner *out,
                                          const Body **escaped, Arena *arena, Diags *diags) {
    if (str_equal_cstr(block->type, "_")) {
        if (*escaped)
            return config_read_report_second(block, (*escaped)->range, diags);
        *escaped = block->body;
        return true;
    }
    if (str_equal_cstr(block->type, "connection")) {
        if (out->connection)
            return config_read_report_second(block, out->connection->range, diags);
        out->connection = new_connection(block, arena);
        return true;
    }
    return diags_fail(diags, block->range, "Reserved block type name in provisioner block",
                      "A provisioner does not support \"%.*s\" blocks.", STR_ARG(block->type));
}

static bool config_provisioner_read_keyword(const BodyContent *content, const char *name,
                                            const char *const words[2], bool *is_other) {
    const Expr *expr = config_read_expr(content, name);
    if (expr && !config_legacy_unquote(&expr, "keyword", content->arena, content->diags))
        return false;
    return config_read_keyword(expr, name, words, is_other, content->diags);
}

static const char *const whens[] = {"create", "destroy"};
static const char *const failures[] = {"fail", "continue"};
static const BodyAttributeSchema provisioner_attributes[] = {
    {"when", false, BODY_CODE},
    {"on_failure", false, BODY_CODE},
};
static const BodyBlockSchema provisioner_blocks[] = {{"_", 0}, {"connection", 0}, {"lifecycle", 0}};
static const BodySchema provisioner_schema = {BODY_ATTRIBUTES(provisioner_attributes),
                                              BODY_BLOCKS(provisioner_blocks)};

static bool config_provisioner_check_type(const BodyBlock *block, Diags *diags) {
    static const char *const gone[] = {"chef", "habitat", "puppet", "salt-masterless"};
    for (size_t i = 0; i < ARRAY_COUNT(gone); i++) {
        if (!str_equal_cstr(block->labels[0], gone[i]))
            continue;
        Str summary = str_format(diags->arena, "The \"%s\" provisioner has been removed", gone[i]);
        return diags_fail(diags, block->label_ranges[0], str_to_cstr(summary, diags->arena),
                          "Current releases of this program do not support provisioning. Use a "
                          "\"remote-exec\" provisioner or an ssh_exec resource instead.");
    }
    return true;
}

static bool read_provisioner(const BodyBlock *block, Provisioner *out, Arena *arena, Diags *diags) {
    BodyContent content;
    const Body *escaped = NULL;
    *out = (Provisioner){.type = block->labels[0], .range = block->range};
    bool ok = config_provisioner_check_type(block, diags);
    ok &= body_content(block->body, &provisioner_schema, &content, &out->body, arena, diags);
    ok &= config_provisioner_read_keyword(&content, "when", whens, &out->on_destroy);
    ok &= config_provisioner_read_keyword(&content, "on_failure", failures, &out->continues);
    vec_each(&content.blocks, inner) {
        ok &= config_provisioner_read_inner(inner, out, &escaped, arena, diags);
    }
    if (escaped)
        out->body = body_join(out->body, escaped, arena);
    if (ok && out->on_destroy) {
        ok = check_destroy_body(out->body, arena, diags);
        ok &= !out->connection || check_destroy_body(out->connection->body, arena, diags);
    }
    return ok;
}

/* Destroy-time provisioners may use the resource's connection, so its references are restricted,
 * too. */
static bool check_inherited(const Provisioners *provisioners, const Connection *connection,
                            Arena *arena, Diags *diags) {
    vec_each(provisioners, provisioner) {
        if (connection && provisioner->on_destroy && !provisioner->connection)
            return check_destroy_body(connection->body, arena, diags);
    }
    return true;
}

bool config_provisioner_read(const BodyContent *content, Provisioners *out,
                             const Connection **connection) {
    Arena *arena = content->arena;
    Diags *diags = content->diags;
    bool ok = true;
    *connection = NULL;
    vec_each(&content->blocks, block) {
        if (str_equal_cstr(block->type, "provisioner")) {
            ok &= read_provisioner(block, vec_add(arena, out), arena, diags);
        } else if (str_equal_cstr(block->type, "connection")) {
            if (*connection)
                ok = config_read_report_second(block, (*connection)->range, diags);
            else
                *connection = new_connection(block, arena);
        }
    }
    return check_inherited(out, *connection, arena, diags) && ok;
}
