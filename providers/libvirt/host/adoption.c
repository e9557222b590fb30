/* adoption: imported objects keep values that their configuration omits. */
#include "adoption.h"

#include "nested_list.h"
#include "private_member.h"
#include "xml_map.h"

/* First word of the member; names of arguments follow, those of nested objects as
 * "disk.serial". */
#define MARK "imported"

typedef struct Adoption {
    StrVec owned;
    Arena *arena;
} Adoption;

Str adoption_begin(Str private_data, Arena *arena) {
    return private_member_set(private_data, PRIVATE_ADOPTION, STR(MARK), arena);
}

bool adoption_is_imported(Str private_data, Arena *arena) {
    Str text = private_member_get(private_data, PRIVATE_ADOPTION, arena);
    Str word = STR_EMPTY;
    return str_next_field(&text, ' ', &word) && str_equal(word, STR(MARK));
}

static bool is_owned(const Adoption *adoption, Str name) {
    return str_is_among(name, adoption->owned.items, adoption->owned.count);
}

/* The values of an object, or of one of its attributes. */
typedef struct AdoptionViews {
    Value prior;
    Value config;
    Value planned;
} AdoptionViews;

static Value adoption_keep_object(Adoption *adoption, XmlRows rows, Str prefix,
                                  AdoptionViews views);

/* Returns false for items whose keys differ: these are different objects and are not compared. */
static bool adoption_is_same_item(Value prior, Value config) {
    static const char *const keys[] = {"target", "mac", "address", "ip", "start", "filter"};
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++) {
        size_t index = 0;
        if (!type_find_attribute(prior.type, str_from_cstr(keys[i]), &index))
            continue;
        Value wanted = object_attribute(config, keys[i]);
        if (wanted.type == &TYPE_STRING && value_is_present(wanted) &&
            !value_equal(wanted, object_attribute(prior, keys[i])))
            return false;
    }
    return true;
}

static Value list_item(Value list, size_t i, const Type *type) {
    return value_is_present(list) && i < list.count ? value_at(list, i) : value_null(type);
}

static Value adoption_keep_list(Adoption *adoption, XmlRows rows, Str name, AdoptionViews views) {
    ValueVec items = {0};
    for (size_t i = 0; i < views.planned.count; i++) {
        Value item = value_at(views.planned, i);
        const AdoptionViews one = {list_item(views.prior, i, item.type),
                                   list_item(views.config, i, item.type), item};
        if (value_is_present(one.config) && value_is_present(item) && value_is_present(one.prior) &&
            adoption_is_same_item(one.prior, one.config))
            item = adoption_keep_object(adoption, rows, name, one);
        vec_push(adoption->arena, &items, item);
    }
    return nested_list_value(views.planned.type, &items, adoption->arena);
}

static Value keep_attribute(Adoption *adoption, const Attribute *attribute, Str name,
                            AdoptionViews views) {
    if (!(attribute->flags & (OPTIONAL | REQUIRED)))
        return views.planned;
    if (value_is_null(views.config))
        return is_owned(adoption, name) || value_is_null(views.prior) ? views.planned : views.prior;
    if (!is_owned(adoption, name))
        vec_push(adoption->arena, &adoption->owned, name);
    const NestedObject *nested = attribute->nested;
    bool is_nested = nested && value_is_present(views.config) && value_is_present(views.planned);
    if (is_nested && nested->nesting == NEST_LIST)
        return adoption_keep_list(adoption, xml_map_rows(nested), name, views);
    if (is_nested && nested->nesting == NEST_SINGLE && value_is_present(views.prior))
        return adoption_keep_object(adoption, xml_map_rows(nested), name, views);
    return views.planned;
}

/* Returns whether the configuration sets an alternative of this argument: then the old value is not
 * kept. */
static bool has_alternative(Value config, const char *name) {
    static const char *const groups[][6] = {
        {"network_id", "network", "bridge", "direct", "user", "vhostuser"},
        {"volume_id", "file", "block_device", "url", "path", "path"},
    };
    bool is_member = false;
    bool is_said = false;
    for (size_t i = 0; i < ARRAY_COUNT(groups) && !is_member; i++) {
        is_said = false;
        for (size_t n = 0; n < ARRAY_COUNT(groups[i]); n++) {
            size_t index = 0;
            is_member |= strcmp(groups[i][n], name) == 0;
            is_said |= type_find_attribute(config.type, str_from_cstr(groups[i][n]), &index) &&
                       !value_is_null(value_at(config, index));
        }
    }
    return is_member && is_said;
}

/* Returns the object with the types of its values where its own type leaves them open. */
static Value retype(Value object, Arena *arena) {
    bool is_open = false;
    for (size_t i = 0; i < object.count; i++)
        is_open |= type_at(object.type, i)->kind == KIND_DYNAMIC &&
                   value_at(object, i).type->kind != KIND_DYNAMIC;
    return is_open ? value_with_items(object, value_copy_items(object, arena), arena) : object;
}

static Value adoption_keep_object(Adoption *adoption, XmlRows rows, Str prefix,
                                  AdoptionViews views) {
    Arena *arena = adoption->arena;
    ObjectBuilder builder = object_builder_of(views.planned, arena);
    for (size_t i = 0; i < rows.count; i++) {
        const char *key = rows.attributes[i].name;
        Str name =
            prefix.len ? str_format(arena, "%.*s.%s", STR_ARG(prefix), key) : str_from_cstr(key);
        const AdoptionViews one = {object_attribute(views.prior, key),
                                   object_attribute(views.config, key),
                                   object_attribute(views.planned, key)};
        if (prefix.len && value_is_null(one.config) && has_alternative(views.config, key))
            continue;
        object_builder_set(&builder, key, keep_attribute(adoption, &rows.attributes[i], name, one));
    }
    return retype(object_builder_value(&builder), arena);
}

void adoption_keep(const Call *call, const PlanRequest *request, PlanResponse *response) {
    Arena *arena = call->arena;
    const Schema *schema = &call->type->schema;
    Str *private_data = &response->private_data;
    Str rest = private_member_get(request->private_data, PRIVATE_ADOPTION, arena);
    Str word = STR_EMPTY;
    if (!value_is_present(request->prior))
        *private_data = private_member_set(*private_data, PRIVATE_ADOPTION, STR_EMPTY, arena);
    if (!value_is_present(request->prior) || !adoption_is_imported(request->private_data, arena))
        return;
    (void)str_next_field(&rest, ' ', &word); /* skip MARK */
    Adoption adoption = {.arena = arena};
    while (str_next_field(&rest, ' ', &word))
        vec_push(arena, &adoption.owned, word);
    response->planned = adoption_keep_object(
        &adoption, (XmlRows){schema->attributes, schema->attribute_count}, STR_EMPTY,
        (AdoptionViews){request->prior, request->config, response->planned});
    StrBuf text = strbuf_new(arena);
    strbuf_add_cstr(&text, MARK);
    vec_each(&adoption.owned, name) {
        strbuf_add_char(&text, ' ');
        strbuf_add(&text, *name);
    }
    *private_data = private_member_set(*private_data, PRIVATE_ADOPTION, strbuf_str(&text), arena);
}
