#include "object_body.h"

#include "base64.h"
#include "kube_object.h"

/* Members of metadata that only the server sets. */
static const char *const server_fields[] = {"creationTimestamp", "deletionGracePeriodSeconds",
                                            "deletionTimestamp", "generation",
                                            "managedFields",     "resourceVersion",
                                            "selfLink",          "uid"};

static bool object_body_report(Diags *diags, Path at, const char *member, Arena *arena,
                               const char *why) {
    Diag *diag = diags_error(diags, NO_RANGE, "Invalid manifest", "%s", why);
    Path place = member ? path_attribute(at, str_from_cstr(member), arena) : at;
    diag->path = path_to_str(place, diags->arena);
    return false;
}

/* Returns whether the member is a text that is not empty, or unknown. */
static bool object_body_has_text(Value object, const char *name) {
    Value found;
    return value_find(object, str_from_cstr(name), &found) &&
           (!value_is_known(found) ||
            (value_is_present(found) && found.type->kind == KIND_STRING && value_text(found).len));
}

static bool object_body_check_metadata(Value metadata, Path at, Arena *arena, Diags *diags) {
    Value found;
    if (!value_is_known(metadata))
        return true;
    if (value_is_null(metadata) || !type_is_mapping(metadata.type))
        return object_body_report(diags, at, NULL, arena, "\"metadata\" must be an object.");
    if (value_find(metadata, STR("generateName"), &found) && !value_is_null(found))
        return object_body_report(
            diags, at, "generateName", arena,
            "A generated name is different in every apply. Give the object a \"name\".");
    return object_body_has_text(metadata, "name") ||
           object_body_report(diags, at, "name", arena,
                              "\"metadata.name\" is missing: it names the object.");
}

static bool is_base64(Str text, Arena *arena) {
    StrBuf joined = strbuf_new(arena);
    Str line;
    Str bytes;
    while (str_next_field(&text, '\n', &line)) /* the server ignores line breaks */
        strbuf_add(&joined, str_trim(line));
    return base64_decode(strbuf_str(&joined), &bytes, arena);
}

/* Validates values of a Secret here, because errors of the server name no key. An error has the
 * path of the whole map, because an excerpt at a single value would show that value. */
static bool check_secret_values(Value manifest, const char *member, bool has_base64, Path at,
                                Arena *arena, Diags *diags) {
    Value values;
    if (!value_find_present(manifest, str_from_cstr(member), &values) ||
        !type_is_mapping(values.type))
        return true;
    for (size_t i = 0; i < values.count; i++) {
        Value one = value_at(values, i);
        const char *why = NULL;
        if (value_is_present(one) && one.type->kind != KIND_STRING)
            why = "must be text. Write numbers and booleans in quotes.";
        else if (value_is_present(one) && has_base64 && !is_base64(value_text(one), arena))
            why = "must be base64. Write plain text in \"stringData\", or encode it with "
                  "base64encode().";
        if (!why)
            continue;
        Str text = str_format(arena, "The value of \"%.*s\" in \"%s\" of a Secret %s",
                              STR_ARG(value_key_at(values, i)), member, why);
        return object_body_report(diags, at, member, arena, str_to_cstr(text, arena));
    }
    return true;
}

static bool object_body_check_secret(Value manifest, Path at, Arena *arena, Diags *diags) {
    bool is_secret = str_equal_cstr(value_text_at(manifest, STR("kind")), "Secret") &&
                     str_equal_cstr(value_text_at(manifest, STR("apiVersion")), "v1");
    return !is_secret || (check_secret_values(manifest, "data", true, at, arena, diags) &&
                          check_secret_values(manifest, "stringData", false, at, arena, diags));
}

bool object_body_check(Value manifest, Path at, Arena *arena, Diags *diags) {
    Value metadata;
    if (!value_is_known(manifest))
        return true;
    if (value_is_null(manifest) || !type_is_mapping(manifest.type))
        return object_body_report(
            diags, at, NULL, arena,
            "The manifest must be an object with \"apiVersion\", \"kind\" and "
            "\"metadata\".");
    if (!object_body_has_text(manifest, "apiVersion"))
        return object_body_report(diags, at, "apiVersion", arena,
                                  "\"apiVersion\" is missing: \"v1\" or \"GROUP/VERSION\".");
    if (!object_body_has_text(manifest, "kind"))
        return object_body_report(diags, at, "kind", arena,
                                  "\"kind\" is missing, such as \"ConfigMap\".");
    if (!value_find(manifest, STR("metadata"), &metadata))
        metadata = value_null(&TYPE_DYNAMIC);
    return object_body_check_metadata(metadata, path_attribute(at, STR("metadata"), arena), arena,
                                      diags) &&
           object_body_check_secret(manifest, at, arena, diags);
}

Value object_body_without_nulls(Value v, Arena *arena) {
    if (!value_is_present(v) || type_is_primitive(v.type))
        return v;
    Value *items = arena_new_array(arena, Value, v.count + 1);
    if (!type_is_mapping(v.type)) {
        for (size_t i = 0; i < v.count; i++)
            items[i] = object_body_without_nulls(value_at(v, i), arena);
        return value_tuple(items, v.count, arena);
    }
    Str *names = arena_new_array(arena, Str, v.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < v.count; i++) {
        if (value_is_null(value_at(v, i)))
            continue;
        names[count] = value_key_at(v, i);
        items[count++] = object_body_without_nulls(value_at(v, i), arena);
    }
    return value_object(names, items, count, arena);
}

/* Of a key in both, stringData wins, as on the server. */
static Value encode_string_data(Value body, Arena *arena) {
    Value texts;
    if (!value_find_present(body, STR("stringData"), &texts) || texts.type->kind != KIND_OBJECT)
        return body;
    body = kube_object_with(body, "", "stringData", value_null(&TYPE_DYNAMIC), arena);
    for (size_t i = 0; i < texts.count; i++) {
        Value text = value_at(texts, i);
        if (text.type->kind != KIND_STRING)
            continue;
        Value encoded = value_string(base64_encode(value_text(text), arena), arena);
        body = kube_object_with(body, "data", str_to_cstr(value_key_at(texts, i), arena), encoded,
                                arena);
    }
    return body;
}

static bool object_body_has_status(const KubeResource *resource) {
    return str_is_among(STR("status"), resource->subresources.items, resource->subresources.count);
}

Value object_body_make(Value manifest, const KubeRef *ref, Arena *arena) {
    const KubeResource *resource = ref->resource;
    Value none = value_null(&TYPE_DYNAMIC);
    Value body = object_body_without_nulls(manifest, arena);
    for (size_t i = 0; i < ARRAY_COUNT(server_fields); i++) {
        Value found;
        if (kube_object_find(body, "metadata", server_fields[i], &found))
            body = kube_object_with(body, "metadata", server_fields[i], none, arena);
    }
    Value namespace =
        resource->is_namespaced ? value_string(ref->namespace, arena) : value_null(&TYPE_STRING);
    body = kube_object_with(body, "metadata", "namespace", namespace, arena);
    if (object_body_has_status(resource))
        body = kube_object_with(body, "", "status", none, arena);
    bool is_secret = resource->group.len == 0 && str_equal_cstr(resource->kind, "Secret");
    return is_secret ? encode_string_data(body, arena) : body;
}

bool object_body_is_in(Value body, Value live) {
    if (!value_is_present(body) || !value_is_present(live))
        return value_is_null(body) && value_is_null(live);
    bool is_mapping = type_is_mapping(body.type);
    if (is_mapping != type_is_mapping(live.type))
        return false;
    if (is_mapping) {
        for (size_t i = 0; i < body.count; i++) {
            Value found;
            if (!value_find(live, value_key_at(body, i), &found) ||
                !object_body_is_in(value_at(body, i), found))
                return false;
        }
        return true;
    }
    if (!type_is_sequence(body.type) || !type_is_sequence(live.type))
        return body.type->kind == live.type->kind && value_equal(body, live);
    bool is_equal = body.count == live.count;
    for (size_t i = 0; is_equal && i < body.count; i++)
        is_equal = object_body_is_in(value_at(body, i), value_at(live, i));
    return is_equal;
}
