/* spec_object: arguments → spec → arguments, along the type of the argument. */
#include "spec_object.h"

#include "field_name.h"
#include "kube_object.h"
#include "object_body.h"
#include "object_builder.h"
#include "object_texts.h"

const char *const spec_object_members[] = {"spec", NULL};

static const Type *spec_type(const Call *call) {
    return object_attribute_type(schema_implied_type(&call->type->schema), "spec");
}

/* Arguments → fields. */

static Value fields_of(const SpecObject *spec, const Type *type, Value argument, Arena *arena);

static bool is_int_or_text(const SpecObject *spec, Str attribute) {
    for (size_t i = 0; spec->ints_or_texts && spec->ints_or_texts[i]; i++) {
        if (str_equal_cstr(attribute, spec->ints_or_texts[i]))
            return true;
    }
    return false;
}

/* Returns the number that the text is, or the text. */
static Value int_or_text(Value argument) {
    int64_t number;
    bool is_number = value_is_present(argument) && argument.type->kind == KIND_STRING &&
                     str_to_int64(value_text(argument), &number);
    return is_number ? value_with_marks(value_int(number), argument.marks) : argument;
}

static Value fields_of_object(const SpecObject *spec, const Type *type, Value argument,
                              Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    for (size_t i = 0; i < type->count; i++) {
        Str name = type->names[i];
        Value value = value_attribute(argument, name);
        Value field = is_int_or_text(spec, name) ? int_or_text(value) : value;
        if (!value_is_null(value))
            object_builder_put(&builder, field_name_of_attribute(name, arena),
                               fields_of(spec, type->types[i], field, arena));
    }
    return object_builder_value(&builder);
}

static Value fields_of_list(const SpecObject *spec, const Type *element, Value argument,
                            Arena *arena) {
    Value *items = arena_new_array(arena, Value, argument.count + 1);
    for (size_t i = 0; i < argument.count; i++)
        items[i] = fields_of(spec, element, value_at(argument, i), arena);
    return value_tuple(items, argument.count, arena);
}

static Value fields_of(const SpecObject *spec, const Type *type, Value argument, Arena *arena) {
    if (!value_is_present(argument))
        return value_is_null(argument)
                   ? argument
                   : value_with_marks(value_unknown(&TYPE_DYNAMIC), argument.marks);
    Value fields = argument;
    if (type->kind == KIND_OBJECT)
        fields = fields_of_object(spec, type, argument, arena);
    else if (type->kind == KIND_LIST)
        fields = fields_of_list(spec, type->element, argument, arena);
    return value_with_marks(fields, argument.marks);
}

Value spec_object_manifest(TypedCall *typed, Value state, Value manifest) {
    Arena *arena = typed->call->arena;
    const SpecObject *type = typed->call->type->payload;
    Value spec = fields_of(type, spec_type(typed->call), object_attribute(state, "spec"), arena);
    return typed_object_with(manifest, "spec", spec, arena);
}

/* Fields → arguments. `stored` has the arguments that are set; an import sets all. */

static Value object_argument_of(const Type *type, Value stored, Value live, bool is_import,
                                Arena *arena);

static Value argument_of_object(const Type *type, Value stored, Value live, bool is_import,
                                Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena); /* the type of "any" is that of its value */
    for (size_t i = 0; i < type->count; i++) {
        const Type *inner = type->types[i];
        Value field = value_null(&TYPE_DYNAMIC), known = value_null(inner);
        (void)value_find_present(live, field_name_of_attribute(type->names[i], arena), &field);
        if (value_is_present(stored))
            known = value_attribute(stored, type->names[i]);
        object_builder_put(&builder, type->names[i],
                           object_argument_of(inner, known, field, is_import, arena));
    }
    return object_builder_value(&builder);
}

static Value argument_of_list(const Type *type, Value stored, Value live, bool is_import,
                              Arena *arena) {
    Value *items = arena_new_array(arena, Value, live.count + 1);
    bool has_stored = value_is_present(stored);
    for (size_t i = 0; i < live.count; i++) {
        bool is_known = has_stored && i < stored.count;
        Value known = is_known ? value_at(stored, i) : value_null(type->element);
        items[i] = object_argument_of(type->element, known, value_at(live, i),
                                      is_import || !is_known, arena);
    }
    return value_list(type->element, items, live.count, arena);
}

/* Returns the members of `live` that `stored` has, at any depth. */
static Value object_kept(Value stored, Value live, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    bool is_object = stored.type->kind == KIND_OBJECT && live.type->kind == KIND_OBJECT;
    if (!is_object || !value_is_present(stored) || !value_is_present(live))
        return live;
    for (size_t i = 0; i < stored.count; i++) {
        Value found;
        if (value_find_present(live, value_key_at(stored, i), &found))
            object_builder_put(&builder, value_key_at(stored, i),
                               object_kept(value_at(stored, i), found, arena));
    }
    return object_builder_value(&builder);
}

/* An argument of the type "any" keeps its own spelling: a map is stored as an object. */
static Value argument_of_any(Value stored, Value live, bool is_import, Arena *arena) {
    if (is_import)
        return live;
    Value plain = object_body_without_nulls(value_unmark_deep(stored, arena), arena);
    Value found = object_kept(plain, live, arena);
    return value_equal(plain, found) ? stored : found;
}

/* A map has the members of the live object whose keys are stored. */
static Value argument_of_map(const Type *element, Value stored, Value live, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    if (element->kind == KIND_STRING)
        return object_texts_kept(stored, live, arena);
    for (size_t i = 0; i < live.count; i++) {
        Value ignored;
        bool is_kept = value_find(stored, value_key_at(live, i), &ignored);
        if (is_kept && value_at(live, i).type == element)
            object_builder_put(&builder, value_key_at(live, i), value_at(live, i));
    }
    return object_builder_map(&builder, element);
}

static Value object_argument_of(const Type *type, Value stored, Value live, bool is_import,
                                Arena *arena) {
    bool is_absent = !value_is_present(live) || (value_is_null(stored) && !is_import);
    bool is_tuple = live.type->kind == KIND_TUPLE, is_object = live.type->kind == KIND_OBJECT;
    if (is_absent)
        return value_null(type);
    if (type->kind == KIND_DYNAMIC)
        return argument_of_any(stored, live, is_import, arena);
    if (type->kind == KIND_OBJECT && is_object)
        return argument_of_object(type, stored, live, is_import, arena);
    if (type->kind == KIND_LIST && is_tuple)
        return argument_of_list(type, stored, live, is_import, arena);
    if (type->kind == KIND_MAP && is_object)
        return argument_of_map(type->element, is_import ? live : stored, live, arena);
    if (type->kind == KIND_STRING && live.type->kind == KIND_NUMBER)
        return value_string(value_number_text(live, arena), arena);
    return live.type == type ? live : value_null(type);
}

Value spec_object_state(const Call *call, Value state, Value live, bool is_import) {
    const SpecObject *type = call->type->payload;
    Arena *arena = call->arena;
    Value spec = value_null(&TYPE_DYNAMIC);
    ObjectBuilder builder = object_builder_of(state, arena);
    (void)!kube_object_find(live, "", "spec", &spec);
    object_builder_set(&builder, "spec",
                       object_argument_of(spec_type(call), object_attribute(state, "spec"), spec,
                                          is_import, arena));
    for (size_t i = 0; i < type->output_count; i++) {
        const SpecOutput *output = &type->outputs[i];
        object_builder_set_optional(&builder, output->attribute,
                                    kube_object_text(live, output->path, output->last), arena);
    }
    return object_builder_value(&builder);
}

static bool should_wait(const SpecObject *type, Value planned) {
    return type->status && object_bool(planned, "wait_for_ready", true);
}

/* Empty: any revision. */
static Str awaited_revision(Value planned) {
    Value revision;
    bool is_set = value_find_present(planned, STR("wait_for_revision"), &revision);
    return is_set && value_is_known(revision) ? value_text(revision) : STR_EMPTY;
}

bool spec_object_wait(const Call *call, Value planned, ObjectApplied *applied, Diags *diags) {
    const SpecObject *type = call->type->payload;
    WaitObject wait = object_arguments_wait_object(call, applied);
    if (!should_wait(type, planned))
        return true;
    if (applied->waits_again)
        wait_status_request(&wait, type->status);
    return wait_status(&wait, type->status, awaited_revision(planned), &applied->live, diags);
}

bool spec_object_is_ready(const Call *call, Value planned, Value live) {
    const SpecObject *type = call->type->payload;
    return !should_wait(type, planned) ||
           wait_status_is_reached(type->status, awaited_revision(planned), live, call->arena);
}
