/* Lists are evaluated when they are planned; a query neither stores nor changes anything. */
#include "instance.h"

#include "configured.h"
#include "mask.h"
#include "provider_call.h"

enum { LIMIT_DEFAULT = 100 };

/* Evaluates an argument of the block. Returns false with an error if it is null, or unknown outside
 * of a validation. */
static bool instance_list_read_argument(InstanceOp *op, const ModuleScope *scope, const char *name,
                                        const Expr *expr, const Type *type, Value *out) {
    size_t before = op->diags.count;
    Str summary = str_format(op->scratch, "Invalid \"%s\" argument", name);
    bool ok = eval_expr_as(expr, &scope->scope, type, out, op->scratch, &op->diags);
    *out = ok ? value_unmark_deep(*out, op->scratch) : value_unknown(type);
    bool may_be_unknown = op->walk->phase == PHASE_VALIDATE;
    bool is_usable = value_is_known(*out) ? !value_is_null(*out) : may_be_unknown;
    if (ok && is_usable)
        return true;
    if (ok)
        diags_error(&op->diags, expr->range, str_to_cstr(summary, op->scratch),
                    value_is_known(*out)
                        ? "The value of \"%s\" is null. Remove the argument for its default value."
                        : "The value of \"%s\" depends on objects that do not exist yet. A query "
                          "requires a known value.",
                    name);
    diags_set_subject(&op->diags, before, DIAG_EXPRESSION);
    return false;
}

static bool instance_list_read_limit(InstanceOp *op, const ModuleScope *scope, int64_t *out) {
    const Expr *expr = op->resource->config->limit;
    Value value;
    *out = LIMIT_DEFAULT;
    if (!expr)
        return true;
    if (!instance_list_read_argument(op, scope, "limit", expr, &TYPE_NUMBER, &value))
        return false;
    if (!value_is_known(value) || (value_to_int(value, out) && *out >= 0))
        return true;
    diags_error(&op->diags, expr->range, "Invalid \"limit\" argument",
                "The value of \"limit\" must be an integer of at least 0.");
    diags_set_subject(&op->diags, op->diags.count - 1, DIAG_EXPRESSION);
    return false;
}

static bool read_inclusion(InstanceOp *op, const ModuleScope *scope, bool *out) {
    const Expr *expr = op->resource->config->include_resource;
    Value value;
    *out = false;
    if (!expr)
        return true;
    if (!instance_list_read_argument(op, scope, "include_resource", expr, &TYPE_BOOL, &value))
        return false;
    *out = value_is_known(value) && value_is_true(value);
    return true;
}

/* Returns false, after reporting them, if the references of a part have errors. */
static bool report_references(InstanceOp *op, const Expr *expr) {
    const PartErrors *errors = expr ? node_find_errors(op->node, expr) : NULL;
    if (!errors)
        return true;
    diags_append(&op->diags, &errors->diags);
    return !diags_has_errors(&errors->diags);
}

void instance_list_validate(InstanceOp *op, const ModuleScope *scope) {
    const Resource *config = op->resource->config;
    int64_t limit;
    bool is_included;
    if (config->mode != MODE_LIST)
        return;
    /* The errors are in the operation. */
    if (report_references(op, config->limit))
        (void)instance_list_read_limit(op, scope, &limit);
    if (report_references(op, config->include_resource))
        (void)read_inclusion(op, scope, &is_included);
}

/* One search. */
typedef struct Search {
    InstanceOp *op;
    const ResourceType *managed;
    Listing *listing;
} Search;

static void instance_list_send(const Search *search, WalkEventKind kind) {
    WalkEvent event = instance_op_event(search->op, kind);
    event.listing = search->listing;
    event.operation = "search";
    hooks_send(search->op->walk->engine->hooks, &event);
}

/* Adds the configuration of the object of an entry; of a null object all arguments are null. */
static bool instance_list_generate(Search *search, Value object, ListingEntry *entry) {
    InstanceOp *op = search->op;
    GenerateConfigRequest request = {object};
    GenerateConfigResponse response = {0};
    if (!provider_call_generate_config(op, search->managed, &request, &response))
        return false;
    entry->config = value_clone(response.config, op->keep);
    return true;
}

static bool instance_list_add(void *payload, const ListedObject *found) {
    Search *search = payload;
    Arena *keep = search->op->keep;
    const Type *type = schema_implied_type(&search->managed->schema);
    ListingEntry *entry = vec_add(keep, &search->listing->entries);
    Value object = found->object.type ? found->object : value_null(type);
    *entry = (ListingEntry){
        .identity = value_clone(found->identity, keep),
        .display_name = str_clone(found->display_name, keep),
        .object = value_clone(object, keep),
    };
    instance_list_send(search, EVENT_LIST_FOUND);
    return true;
}

/* Returns the object of an entry with the marks of its schema. */
static Value instance_list_marked_object(const Search *search, Value object) {
    Paths paths = {0};
    if (!value_is_present(object))
        return object;
    schema_sensitive_paths(&search->managed->schema, object, &paths, search->op->scratch);
    return path_mark(object, &paths, MARK_SENSITIVE, search->op->scratch);
}

static Value object_with(const char *const *names, const Value *values, size_t count,
                         Arena *arena) {
    Str *keys = arena_new_array(arena, Str, count);
    Value *items = arena_new_array(arena, Value, count);
    for (size_t i = 0; i < count; i++) {
        keys[i] = str_from_cstr(names[i]);
        items[i] = values[i];
    }
    return value_object(keys, items, count, arena);
}

/* Returns the value that references see: {config, data = [{display_name, identity, state}]}. */
static Value instance_list_value_of(const Search *search) {
    static const char *const entry_names[] = {"display_name", "identity", "state"};
    static const char *const names[] = {"config", "data"};
    Arena *scratch = search->op->scratch;
    const Listing *listing = search->listing;
    Value *data = arena_new_array(scratch, Value, listing->entries.count);
    size_t count = 0;
    vec_each(&listing->entries, entry) {
        Value items[] = {value_string(entry->display_name, scratch), entry->identity,
                         instance_list_marked_object(search, entry->object)};
        data[count++] = object_with(entry_names, items, ARRAY_COUNT(entry_names), scratch);
    }
    Value items[] = {listing->config, value_tuple(data, count, scratch)};
    return object_with(names, items, ARRAY_COUNT(names), scratch);
}

static Str instance_list_provider_of(const InstanceOp *op) {
    const ProviderRef *ref = &op->resource->config->provider;
    Str name = config_provider_key(ref->name, ref->alias, op->keep);
    if (op->record->provider_key.len == 0)
        return name;
    InstanceKey key = {.kind = KEY_STRING, .text = op->record->provider_key};
    return str_concat(name, address_key_to_str(key, op->scratch), op->keep);
}

static Listing *new_listing(const Search *search, const Configured *configured) {
    const InstanceOp *op = search->op;
    const ResourceExpansion *expansion = node_slot(op->node, op->record->module)->payload;
    Listing *listing = arena_new(op->keep, Listing);
    *listing = (Listing){
        .address = op->record->address,
        .position = (size_t)(op->record - expansion->records),
        .provider = instance_list_provider_of(op),
        .type = search->managed,
        .schema = op->schema,
        .config = value_clone(configured->marked, op->keep),
    };
    return listing;
}

static bool require_known(InstanceOp *op, Value config) {
    size_t i = 0;
    if (value_is_wholly_known(config))
        return true;
    while (i < config.count && value_is_wholly_known(value_at(config, i)))
        i++;
    Path path = path_attribute((Path){0}, value_key_at(config, i), op->scratch);
    diags_error(
        &op->diags, decode_range_of(op->resource->decoded, path), "Unknown list argument",
        "The value of %.*s depends on objects that do not exist yet. A query requires known "
        "arguments.",
        STR_ARG(path_to_str(path, op->scratch)));
    diags_set_subject(&op->diags, op->diags.count - 1, DIAG_EXPRESSION);
    return false;
}

/* The managed type has the same name. */
static bool find_managed(InstanceOp *op, const ResourceType **out) {
    const char *name = op->type->name;
    *out = registry_find_resource(op->provider->provider, str_from_cstr(name));
    if (*out && (*out)->identity)
        return true;
    diags_error(&op->diags, NO_RANGE, "Provider has no identity of listed objects",
                "The provider %s lists objects of the type %s, which have no identity. This is a "
                "mistake in the provider; please report it to its developers.",
                op->provider->provider->address, name);
    instance_op_place_diags(op, op->diags.count - 1);
    return false;
}

static bool generate_all(Search *search) {
    if (!search->op->walk->options->query || !search->op->walk->options->query->generates_config)
        return true;
    vec_each(&search->listing->entries, entry) {
        if (!instance_list_generate(search, entry->object, entry))
            return false;
    }
    return true;
}

static void search_all(InstanceOp *op) {
    Search search = {.op = op};
    ListSink sink = {instance_list_add, &search};
    ListRequest request = {0};
    Configured configured;
    ModuleScope scope;
    const QueryOptions *query = op->walk->options->query;
    module_scope_init_instance(&scope, op->record);
    if (!configured_read(op, &scope, &configured) || !require_known(op, configured.value) ||
        !instance_list_read_limit(op, &scope, &request.limit) ||
        !read_inclusion(op, &scope, &request.includes_objects) ||
        !instance_op_require_provider(op) || !find_managed(op, &search.managed))
        return;
    request.config = configured.value;
    request.includes_objects |= query && query->generates_config;
    search.listing = new_listing(&search, &configured);
    instance_list_send(&search, EVENT_LIST_START);
    if (!provider_call_validate(op, configured.value) ||
        !provider_call_list(op, search.managed, &request, &sink) || !generate_all(&search))
        return;
    if (cancel_level(op->walk->engine->cancel) != CANCEL_NONE)
        return; /* the list is incomplete; the walk reports the interruption */
    op->record->value = value_clone(instance_list_value_of(&search), op->keep);
    op->record->listing = search.listing;
    instance_list_send(&search, EVENT_LIST_END);
}

bool instance_list(Walk *, void *payload, uint32_t worker) {
    InstanceOp op;
    instance_op_begin(&op, payload, worker);
    op.record->value = value_unknown(&TYPE_DYNAMIC);
    search_all(&op);
    return instance_op_end(&op);
}
