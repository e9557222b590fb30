/* Checks that a plan follows the configuration, and that a result follows the plan. */
#include "conform.h"
#include "log.h"

typedef struct Conform {
    const char *summary;
    Arena *arena;
    Diags *diags;
    bool ok;
} Conform;

/* A place in the object; the outermost step has no parent. Paths would fill the arena: an object
 * may have many thousand members, and only errors need the path. */
typedef struct Place {
    const struct Place *parent;
    bool is_attribute; /* the step is `name`, else `key` */
    Str name;
    Value key;
} Place;

static Path conform_path_of(const Place *place, Arena *arena) {
    if (!place)
        return (Path){0};
    Path parent = conform_path_of(place->parent, arena);
    return place->is_attribute ? path_attribute(parent, place->name, arena)
                               : path_index(parent, place->key, arena);
}

static void broken(Conform *conform, const Place *at, bool sensitive, const char *how, Value wanted,
                   Value got) {
    Str place = path_to_str(conform_path_of(at, conform->arena), conform->arena);
    size_t before = conform->diags->count;
    if (sensitive) {
        diags_error(conform->diags, NO_RANGE, conform->summary,
                    "%.*s: %s (the values are sensitive). This is a bug in the provider.",
                    STR_ARG(place), how);
    } else {
        Str a = value_display(wanted, 200, conform->arena);
        Str b = value_display(got, 200, conform->arena);
        diags_error(conform->diags, NO_RANGE, conform->summary,
                    "%.*s: %s: expected %.*s, got %.*s. This is a bug in the provider.",
                    STR_ARG(place), how, STR_ARG(a), STR_ARG(b));
    }
    diags_set_subject(conform->diags, before,
                      DIAG_RELATION); /* the configuration is not the cause */
    conform->ok = false;
}

/* A value at one place of the three objects that a plan relates. */
typedef struct Planned {
    Value prior;
    Value config;
    Value planned;
} Planned;

static void check_plan_members(Conform *conform, const Schema *schema, const Place *place,
                               Planned of);

static void check_plan_nested(Conform *conform, const Attribute *attribute, const Place *place,
                              Planned of) {
    Value prior = of.prior, config = of.config, planned = of.planned;
    const NestedObject *nested = attribute->nested;
    if (!value_is_present(config) || !value_is_present(planned)) {
        if (value_is_null(config) && (attribute->flags & COMPUTED))
            return;
        if (!value_is_known(config) || value_equal(config, planned))
            return;
        broken(conform, place, false, "planned value differs from the configuration", config,
               planned);
        return;
    }
    if (nested->nesting == NEST_SINGLE) {
        check_plan_members(conform, &nested->schema, place, of);
        return;
    }
    if (nested->nesting == NEST_SET)
        return; /* elements of two sets cannot be matched reliably */
    if (config.count != planned.count) {
        broken(conform, place, false, "planned number of elements differs from the configuration",
               config, planned);
        return;
    }
    for (size_t i = 0; i < config.count; i++) {
        Value key = config.type->kind == KIND_MAP ? value_from_str(value_key_at(config, i))
                                                  : value_int((int64_t)i);
        Value item = value_at(config, i);
        Value before = value_null(item.type);
        if (nested->nesting == NEST_LIST && value_is_present(prior) && i < prior.count) {
            before = value_at(prior, i);
        } else if (nested->nesting == NEST_MAP && value_is_present(prior)) {
            if (!value_find(prior, value_key_at(config, i), &before))
                before = value_null(item.type);
        }
        Place inside = {.parent = place, .key = key};
        check_plan_members(conform, &nested->schema, &inside,
                           (Planned){before, item, value_at(planned, i)});
    }
}

static void check_plan_attribute(Conform *conform, const Attribute *attribute, const Place *place,
                                 Planned of) {
    Value prior = of.prior, config = of.config, planned = of.planned;
    if (value_equal(planned, config))
        return;
    if ((attribute->flags & WRITE_ONLY) && value_is_null(planned))
        return;
    if (!value_is_null(prior) && !value_is_null(planned) && value_equal(planned, prior))
        return;
    bool is_optional = (attribute->flags & (OPTIONAL | REQUIRED)) != 0;
    if ((attribute->flags & COMPUTED) && (!is_optional || value_is_null(config)))
        return;
    if (!value_is_wholly_known(config) && (attribute->flags & COMPUTED))
        return;
    if (attribute->nested) {
        check_plan_nested(conform, attribute, place, of);
        return;
    }
    broken(conform, place, (attribute->flags & SENSITIVE) != 0,
           "planned value differs from the configuration", config, planned);
}

static void check_plan_members(Conform *conform, const Schema *schema, const Place *place,
                               Planned of) {
    if (!value_is_present(of.config) || !value_is_present(of.planned))
        return;
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const Attribute *attribute = &schema->attributes[i];
        Str name = str_from_cstr(attribute->name);
        Value wanted = value_attribute(of.config, name);
        Value before =
            value_is_present(of.prior) ? value_attribute(of.prior, name) : value_null(wanted.type);
        Place inside = {.parent = place, .is_attribute = true, .name = name};
        check_plan_attribute(conform, attribute, &inside,
                             (Planned){before, wanted, value_attribute(of.planned, name)});
    }
}

bool conform_plan(const Schema *schema, Value prior, Value config, Value planned, Arena *arena,
                  Diags *diags) {
    Conform conform = {"Provider produced invalid plan", arena, diags, true};
    if (!value_is_present(planned)) {
        broken(&conform, NULL, false, "planned no object", config, planned);
        return false;
    }
    if (value_equal(planned, config))
        return true;
    check_plan_members(&conform, schema, NULL, (Planned){prior, config, planned});
    return conform.ok;
}

static void conform_check_result(Conform *conform, const Place *place, bool sensitive,
                                 Value planned, Value actual);

static void check_result_items(Conform *conform, const Place *place, bool sensitive, Value planned,
                               Value actual) {
    bool has_names = type_is_mapping(planned.type);
    for (size_t i = 0; i < planned.count; i++) {
        Value item = value_at(planned, i);
        if (!has_names) {
            Place inside = {.parent = place, .key = value_int((int64_t)i)};
            conform_check_result(conform, &inside, sensitive, item, value_at(actual, i));
            continue;
        }
        Str name = value_key_at(planned, i);
        Place inside = {.parent = place,
                        .is_attribute = planned.type->kind == KIND_OBJECT,
                        .name = name,
                        .key = value_from_str(name)};
        Value found;
        if (value_find(actual, name, &found))
            conform_check_result(conform, &inside, sensitive, item, found);
        else
            broken(conform, &inside, sensitive, "was planned, but has vanished", item,
                   value_null(item.type));
    }
}

static void conform_check_result(Conform *conform, const Place *place, bool sensitive,
                                 Value planned, Value actual) {
    if (!value_is_known(planned))
        return;
    if (value_is_wholly_known(planned)) {
        if (value_equal(planned, actual))
            return;
        bool leaf = !value_is_present(planned) || !value_is_present(actual) ||
                    type_is_primitive(planned.type) || planned.type->kind == KIND_SET ||
                    planned.count != actual.count || planned.type->kind != actual.type->kind;
        if (leaf) {
            const char *how = value_is_null(planned)  ? "was absent, but is now present"
                              : value_is_null(actual) ? "was present, but is now absent"
                                                      : "differs from the planned value";
            broken(conform, place, sensitive, how, planned, actual);
            return;
        }
    }
    if (!value_is_present(actual)) {
        broken(conform, place, sensitive, "was present, but is now absent", planned, actual);
        return;
    }
    if (planned.type->kind == KIND_SET) {
        if (actual.count > planned.count)
            broken(conform, place, sensitive, "has more elements than planned", planned, actual);
        return;
    }
    if (planned.count != actual.count && planned.type->kind != KIND_MAP) {
        broken(conform, place, sensitive, "has another number of elements than planned", planned,
               actual);
        return;
    }
    check_result_items(conform, place, sensitive, planned, actual);
}

bool conform_result(const Schema *schema, Value planned, Value actual, const char *summary,
                    Arena *arena, Diags *diags) {
    Conform conform = {summary, arena, diags, true};
    if (value_is_null(actual)) {
        broken(&conform, NULL, false, "no object is left", planned, actual);
        return false;
    }
    for (size_t i = 0; i < planned.count; i++) {
        Str name = value_key_at(planned, i);
        const Attribute *attribute = schema_find_attribute(schema, name);
        Place place = {.is_attribute = true, .name = name};
        conform_check_result(&conform, &place, attribute && (attribute->flags & SENSITIVE),
                             value_at(planned, i), value_attribute(actual, name));
    }
    return conform.ok;
}

void conform_log(Str address, const Diags *differences) {
    vec_each(differences, diag) {
        log_event(LOG_WARN, "difference of a legacy provider", log_text("address", address),
                  log_text("path", diag->path), log_text("summary", diag->summary));
    }
}
