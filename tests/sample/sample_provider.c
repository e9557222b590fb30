/* Tables with every feature, and calls that generate unknown values. */
#include "sample_provider.h"
#include "bundle.h"
#include "object_builder.h"

#include <signal.h>

/* clang-format off */
static const Attribute shape_attributes[] = {
    {"mode", &TYPE_STRING, REQUIRED | FORCES_NEW, "A change needs a new object."     },
    {"note", &TYPE_STRING, OPTIONAL | COMPUTED,   "Made up where it is not given."   },
    {"key",  &TYPE_STRING, OPTIONAL | SENSITIVE,  "Not shown."                       },
    {"made", &TYPE_STRING, COMPUTED,              "Made up."                         },
    {"hush", &TYPE_STRING, COMPUTED | SENSITIVE,  "Made up, and not shown."          },
    {"turn", &TYPE_NUMBER, OPTIONAL,              "Any number."                      },
};

static const Attribute leaf_attributes[] = {
    {"text", &TYPE_STRING, OPTIONAL,             "Any text."               },
    {"pin",  &TYPE_NUMBER, OPTIONAL | SENSITIVE, "A number that is hidden."},
};

static const Attribute disk_attributes[] = {
    {"name",   &TYPE_STRING, REQUIRED,             "Its name."                     },
    {"size",   &TYPE_NUMBER, OPTIONAL | COMPUTED,  "10 where it is not given.", NULL, "10"},
    {"serial", &TYPE_STRING, COMPUTED,             "Made up."                      },
    {"key",    &TYPE_STRING, OPTIONAL | SENSITIVE, "Not shown."                    },
    {"parts",  NULL,         OPTIONAL,             "Two levels down.", NESTED(NEST_LIST, leaf_attributes)},
};

static const Attribute rule_attributes[] = {
    {"port",   &TYPE_NUMBER, REQUIRED, "Any number."},
    {"action", &TYPE_STRING, OPTIONAL, "Any text."  },
};

static const Attribute status_attributes[] = {
    {"state", &TYPE_STRING, COMPUTED,             "Made up."               },
    {"ready", &TYPE_BOOL,   COMPUTED,             "Made up."               },
    {"hush",  &TYPE_STRING, COMPUTED | SENSITIVE, "Made up, and not shown."},
};

static const Attribute option_attributes[] = {
    {"key",    &TYPE_STRING, REQUIRED,             "Any text."                     },
    {"value",  &TYPE_STRING, OPTIONAL | COMPUTED,  "Made up where it is not given."},
    {"secret", &TYPE_STRING, OPTIONAL | SENSITIVE, "Not shown."                    },
};

static const Attribute limit_attributes[] = {
    {"of",  &TYPE_STRING, REQUIRED, "Any text."  },
    {"max", &TYPE_NUMBER, OPTIONAL, "Any number."},
};

static const Attribute place_attributes[] = {
    {"zone", &TYPE_STRING, OPTIONAL | FORCES_NEW, "A change needs a new object."},
    {"rack", &TYPE_NUMBER, OPTIONAL,              "Any number."                 },
    {"code", &TYPE_STRING, OPTIONAL | SENSITIVE,  "Not shown."                  },
};

static const Block inner_blocks[] = {
    {.name = "inner", .nesting = NEST_LIST, .schema = {SCHEMA_ATTRIBUTES(leaf_attributes)}},
    {.name = "only", .nesting = NEST_SINGLE, .schema = {SCHEMA_ATTRIBUTES(leaf_attributes)}},
};

static const Block limit_blocks[] = {
    {.name = "inner", .nesting = NEST_SET, .schema = {SCHEMA_ATTRIBUTES(leaf_attributes)}},
};

static const Block slot_blocks[] = {
    {.name = "inner", .nesting = NEST_MAP, .schema = {SCHEMA_ATTRIBUTES(leaf_attributes)}},
    {.name = "list", .nesting = NEST_LIST, .schema = {SCHEMA_ATTRIBUTES(option_attributes)}},
};

static const Block place_blocks[] = {
    {.name = "only", .nesting = NEST_SINGLE, .schema = {SCHEMA_ATTRIBUTES(disk_attributes)}},
    {.name = "slot", .nesting = NEST_MAP, .schema = {SCHEMA_ATTRIBUTES(place_attributes)}},
};

static const Block thing_blocks[] = {
    {.name = "option",
     .nesting = NEST_LIST,
     .schema = {SCHEMA_ATTRIBUTES(option_attributes), SCHEMA_BLOCKS(inner_blocks)},
     .max_items = 3},
    {.name = "limit",
     .nesting = NEST_SET,
     .schema = {SCHEMA_ATTRIBUTES(limit_attributes), SCHEMA_BLOCKS(limit_blocks)}},
    {.name = "place",
     .nesting = NEST_SINGLE,
     .schema = {SCHEMA_ATTRIBUTES(place_attributes), SCHEMA_BLOCKS(place_blocks)}},
    {.name = "slot",
     .nesting = NEST_MAP,
     .schema = {SCHEMA_ATTRIBUTES(option_attributes), SCHEMA_BLOCKS(slot_blocks)}},
};

static const Attribute thing_attributes[] = {
    {"name",     &TYPE_STRING,         REQUIRED,                     "Its name."                            },
    {"zone",     &TYPE_STRING,         OPTIONAL | FORCES_NEW,        "A change needs a new object."         },
    {"size",     &TYPE_NUMBER,         OPTIONAL | COMPUTED,          "1 where it is not given.", NULL, "1"  },
    {"label",    &TYPE_STRING,         OPTIONAL | COMPUTED,          "Made up where it is not given."       },
    {"secret",   &TYPE_STRING,         OPTIONAL | SENSITIVE,         "Not shown."                           },
    {"token",    &TYPE_STRING,         OPTIONAL | WRITE_ONLY,        "Not kept."                            },
    {"old",      &TYPE_STRING,         OPTIONAL | DEPRECATED,        "Use label."                           },
    {"flag",     &TYPE_BOOL,           OPTIONAL,                     "Any truth."                           },
    {"any",      &TYPE_DYNAMIC,        OPTIONAL,                     "Any value."                           },
    {"tags",     &TYPE_MAP_OF_STRING,  OPTIONAL,                     "Texts by name."                       },
    {"words",    &TYPE_LIST_OF_STRING, OPTIONAL,                     "Texts in order."                      },
    {"names",    &TYPE_SET_OF_STRING,  OPTIONAL,                     "Texts without order."                 },
    {"secrets",  &TYPE_MAP_OF_STRING,  OPTIONAL | SENSITIVE,         "Texts by name, not shown."            },
    {"id",       &TYPE_STRING,         COMPUTED,                     "Made up."                             },
    {"revision", &TYPE_NUMBER,         COMPUTED | CHANGES_ON_UPDATE, "Counts the changes."                  },
    {"password", &TYPE_STRING,         COMPUTED | SENSITIVE,         "Made up, and not shown."              },
    {"detail",   NULL,                 OPTIONAL,                     "One.", NESTED(NEST_SINGLE, shape_attributes)},
    {"disks",    NULL,                 OPTIONAL,                     "Some in order.", NESTED(NEST_LIST, disk_attributes)},
    {"rules",    NULL,                 OPTIONAL,                     "Some without order.", NESTED(NEST_SET, rule_attributes)},
    {"links",    NULL,                 OPTIONAL,                     "Some by name.", NESTED(NEST_MAP, disk_attributes)},
    {"hidden",   NULL,                 OPTIONAL | SENSITIVE,         "Not shown as a whole.", NESTED(NEST_LIST, rule_attributes)},
    {"status",   NULL,                 COMPUTED,                     "Made up.", NESTED(NEST_SINGLE, status_attributes)},
    {"reports",  NULL,                 COMPUTED,                     "Made up.", NESTED(NEST_LIST, status_attributes)},
    {"choice",   NULL,                 OPTIONAL | COMPUTED,          "Made up where it is not given.", NESTED(NEST_SINGLE, status_attributes)},
};

/* Of the data source and the ephemeral resource. */
static const Attribute source_attributes[] = {
    {"name",     &TYPE_STRING,         REQUIRED,             "Its name."             },
    {"secret",   &TYPE_STRING,         OPTIONAL | SENSITIVE, "Not shown."            },
    {"words",    &TYPE_LIST_OF_STRING, OPTIONAL | COMPUTED,  "Texts in order."       },
    {"found",    &TYPE_STRING,         COMPUTED,             "Made up."              },
    {"password", &TYPE_STRING,         COMPUTED | SENSITIVE, "Made up, not shown."   },
    {"detail",   NULL,                 OPTIONAL,             "One.", NESTED(NEST_SINGLE, limit_attributes)},
    {"rules",    NULL,                 OPTIONAL,             "Some without order.", NESTED(NEST_SET, rule_attributes)},
    {"links",    NULL,                 OPTIONAL,             "Some by name.", NESTED(NEST_MAP, rule_attributes)},
    {"status",   NULL,                 COMPUTED,             "Made up.", NESTED(NEST_SINGLE, status_attributes)},
    {"reports",  NULL,                 COMPUTED,             "Made up.", NESTED(NEST_LIST, status_attributes)},
};

static const Block strict_blocks[] = {
    {.name = "must",
     .nesting = NEST_LIST,
     .schema = {SCHEMA_ATTRIBUTES(option_attributes)},
     .min_items = 1,
     .max_items = 2},
    {.name = "few", .nesting = NEST_SET, .schema = {SCHEMA_ATTRIBUTES(limit_attributes)}, .max_items = 2},
    {.name = "one",
     .nesting = NEST_SINGLE,
     .schema = {SCHEMA_ATTRIBUTES(place_attributes)},
     .min_items = 1,
     .max_items = 1},
};

static const Attribute strict_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Its name."},
    {"id",   &TYPE_STRING, COMPUTED, "Made up." },
};

/* clang-format on */

/* Generated values. */

static Value fill(Value value, Path path, Arena *arena);

static Value make_up(const Type *type, Path path, Arena *arena) {
    switch (type->kind) {
    case KIND_BOOL: return value_bool(true);
    case KIND_NUMBER: return value_int(42);
    case KIND_DYNAMIC:
    case KIND_STRING:
        return value_string(str_format(arena, "made%.*s", STR_ARG(path_to_str(path, arena))),
                            arena);
    case KIND_LIST:
    case KIND_SET: {
        Value *items = arena_new_array(arena, Value, 1);
        items[0] = make_up(type->element, path_index(path, value_int(0), arena), arena);
        return type->kind == KIND_LIST ? value_list(type->element, items, 1, arena)
                                       : value_set(type->element, items, 1, arena);
    }
    case KIND_MAP: {
        Str *keys = arena_new_array(arena, Str, 1);
        Value *items = arena_new_array(arena, Value, 1);
        keys[0] = STR("k");
        items[0] = make_up(type->element, path_index(path, value_from_cstr("k"), arena), arena);
        return value_map(type->element, keys, items, 1, arena);
    }
    case KIND_OBJECT:
    case KIND_TUPLE: break;
    }
    Value *items = arena_new_array(arena, Value, type->count);
    for (size_t i = 0; i < type->count; i++) {
        Path at = type->kind == KIND_OBJECT ? path_attribute(path, type->names[i], arena)
                                            : path_index(path, value_int((int64_t)i), arena);
        items[i] = fill(value_unknown(type_at(type, i)), at, arena);
    }
    return type->kind == KIND_OBJECT ? value_object_of(type, items)
                                     : value_tuple(items, type->count, arena);
}

/* `value` with a generated value for everything unknown in it. */
static Value fill(Value value, Path path, Arena *arena) {
    if (value_is_wholly_known(value))
        return value;
    if (!value_is_known(value))
        return make_up(value.type, path, arena);
    Value *items = value_copy_items(value, arena);
    for (size_t i = 0; i < value.count; i++) {
        bool is_named = value.type->kind == KIND_OBJECT || value.type->kind == KIND_MAP;
        Path at = is_named ? path_attribute(path, value_key_at(value, i), arena)
                           : path_index(path, value_int((int64_t)i), arena);
        items[i] = fill(items[i], at, arena);
    }
    return value_with_items(value, items, arena);
}

/* The configuration in which omitted computed attributes are unknown. */
static Value open_computed(Value config, const Schema *schema, Arena *arena) {
    Value *items = value_copy_items(config, arena);
    for (size_t i = 0; i < config.count; i++) {
        const Attribute *attribute = schema_find_attribute(schema, value_key_at(config, i));
        if (attribute && (attribute->flags & COMPUTED) && value_is_null(items[i]))
            items[i] = value_unknown(items[i].type);
    }
    return value_with_items(config, items, arena);
}

/* Resources. */

static bool thing_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                         Diags *) {
    ObjectBuilder builder = object_builder_of(request->planned, call->arena);
    object_builder_set(&builder, "revision", value_int(1));
    response->state = fill(object_builder_value(&builder), (Path){0}, call->arena);
    return true;
}

static bool read_text(const Call *call, const char *prefix, Str name, Str *out) {
    const Disk *disk = call->io->disk;
    Str path = str_format(call->arena, "%s%.*s", prefix, STR_ARG(name));
    if (disk->read_file(disk->self, path, out, call->arena) != 0)
        return false;
    *out = str_trim(*out);
    return true;
}

/* Reports secrets in its error, which a provider should not do. */
static bool is_stuck(const Call *call, Value prior, Diags *diags) {
    Str text;
    if (!read_text(call, "stuck-", object_text(prior, "name", STR_EMPTY), &text))
        return false;
    diags_error(diags, NO_RANGE, "The thing is stuck", "Its label is \"%.*s\", its password %.*s.",
                STR_ARG(object_text(prior, "label", STR_EMPTY)),
                STR_ARG(object_text(prior, "password", STR_EMPTY)));
    return true;
}

static bool thing_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                         Diags *diags) {
    if (is_stuck(call, request->prior, diags)) {
        ObjectBuilder half = object_builder_of(request->prior, call->arena);
        object_builder_set(&half, "revision", value_int(99));
        response->state = object_builder_value(&half);
        return false;
    }
    ObjectBuilder builder = object_builder_of(request->planned, call->arena);
    int64_t revision = object_int(request->prior, "revision", 0);
    object_builder_set(&builder, "revision", value_int(revision + 1));
    response->state = fill(object_builder_value(&builder), (Path){0}, call->arena);
    return true;
}

static bool strict_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                          Diags *) {
    response->state = fill(request->planned, (Path){0}, call->arena);
    return true;
}

static bool thing_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                       Diags *) {
    Str name = object_text(request->state, "name", STR_EMPTY), text;
    if (read_text(call, "gone-", name, &text)) {
        response->state = value_null(request->state.type);
    } else if (read_text(call, "drift-", name, &text)) {
        ObjectBuilder builder = object_builder_of(request->state, call->arena);
        object_builder_set_text(&builder, "label", text, call->arena);
        object_builder_set_text(&builder, "password", text, call->arena);
        response->state = object_builder_value(&builder);
    }
    return true;
}

static bool thing_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                         Diags *) {
    const Schema *schema = &call->type->schema;
    ObjectBuilder builder = object_builder_empty(schema, call->arena);
    object_builder_set_text(&builder, "name", request->id, call->arena);
    Value open = open_computed(object_builder_value(&builder), schema, call->arena);
    response->state = fill(open, (Path){0}, call->arena);
    return true;
}

static bool thing_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                         Diags *diags) {
    return !is_stuck(call, request->prior, diags);
}

static const ResourceType sample_thing = {
    .name = "sample_thing",
    .schema = {SCHEMA_ATTRIBUTES(thing_attributes), SCHEMA_BLOCKS(thing_blocks)},
    .effect = EFFECT_NONE,
    .create = thing_create,
    .update = thing_update,
    .delete = thing_delete,
    .read = thing_read,
    .import = thing_import,
};

static const ResourceType sample_strict = {
    .name = "sample_strict",
    .schema = {SCHEMA_ATTRIBUTES(strict_attributes), SCHEMA_BLOCKS(strict_blocks)},
    .effect = EFFECT_NONE,
    .create = strict_create,
    .update = strict_create,
};

static bool outside_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                           Diags *diags) {
    Str text;
    if (read_text(call, "die-", object_text(request->planned, "name", STR_EMPTY), &text))
        (void)raise(SIGKILL);
    return strict_create(call, request, response, diags);
}

/* The object exists although the call did not finish. */
static bool outside_recover(const Call *call, const RecoverRequest *request,
                            RecoverResponse *response, Diags *) {
    Value open = open_computed(request->planned, &call->type->schema, call->arena);
    response->outcome = RECOVER_COMPLETE;
    response->state = fill(open, (Path){0}, call->arena);
    return true;
}

static const ResourceType sample_outside = {
    .name = "sample_outside",
    .schema = {SCHEMA_ATTRIBUTES(source_attributes)},
    .recovery = RECOVERY_FINDS,
    .create = outside_create,
    .update = strict_create,
    .recover = outside_recover,
};

static const ResourceType sample_bundle = BUNDLE_TYPE("sample_bundle");

/* Data source and ephemeral resource. */

static bool data_read(const Call *call, const DataReadRequest *request, DataReadResponse *response,
                      Diags *) {
    Value open = open_computed(request->config, &call->type->schema, call->arena);
    response->state = fill(open, (Path){0}, call->arena);
    return true;
}

static bool ephemeral_open(const Call *call, const OpenRequest *request, OpenResponse *response,
                           Diags *) {
    Value open = open_computed(request->config, &call->type->schema, call->arena);
    response->result = fill(open, (Path){0}, call->arena);
    return true;
}

static const DataSourceType data_sample_thing = {
    .mode = MODE_DATA,
    .name = "sample_thing",
    .schema = {SCHEMA_ATTRIBUTES(source_attributes), SCHEMA_BLOCKS(thing_blocks)},
    .read = data_read,
};

static const EphemeralType ephemeral_sample_thing = {
    .mode = MODE_EPHEMERAL,
    .name = "sample_thing",
    .schema = {SCHEMA_ATTRIBUTES(source_attributes), SCHEMA_BLOCKS(thing_blocks)},
    .open = ephemeral_open,
};

/* The provider. */

static const Attribute provider_attributes[] = {
    {"endpoint", &TYPE_STRING, OPTIONAL, "Any text."},
    {"token", &TYPE_STRING, OPTIONAL | SENSITIVE, "Not shown."},
    {"regions", NULL, OPTIONAL, "Some in order.", NESTED(NEST_LIST, limit_attributes)},
};

static const Block provider_blocks[] = {
    {.name = "option", .nesting = NEST_LIST, .schema = {SCHEMA_ATTRIBUTES(leaf_attributes)}},
};

static const ObjectType *const types[] = {&sample_thing.type,      &sample_strict.type,
                                          &sample_outside.type,    &sample_bundle.type,
                                          &data_sample_thing.type, &ephemeral_sample_thing.type};

const Provider sample_provider = {
    .name = "sample",
    .address = "loam.internal/test/sample",
    .description = "Every nesting mode and every flag.",
    .schema = {SCHEMA_ATTRIBUTES(provider_attributes), SCHEMA_BLOCKS(provider_blocks)},
    PROVIDER_TYPES(types),
};
