/* kubernetes_secret: secret texts and bytes, in the state or write-only. */
#include "kubernetes_provider.h"

#include "base64.h"
#include "kube_object.h"
#include "object_builder.h"
#include "object_texts.h"
#include "path_error.h"
#include "typed_object.h"
#include "utf8.h"
#include "wait_until.h"
#include "write_only.h"

#define TOKEN_TYPE "kubernetes.io/service-account-token"
#define TOKEN_MS   60000 /* without a timeout of the resource */

static const WriteOnly write_only[] = {
    {"data_wo", "data_wo_revision", NULL, false},
    {"binary_data_wo", "binary_data_wo_revision", NULL, true},
};
static const WriteOnlyTable write_only_table = {write_only, ARRAY_COUNT(write_only)};

/* Returns `data` of the object: all values in base64. */
static Value data_of(TypedCall *typed, Value state) {
    Arena *arena = typed->call->arena;
    bool is_prior = !value_is_present(typed->config);
    Value source = is_prior ? state : typed->config;
    Value texts = object_attribute(source, "data");
    Value data =
        value_is_null(texts) ? value_null(&TYPE_MAP_OF_STRING) : object_texts_encode(texts, arena);
    data = object_texts_union(data, object_attribute(source, "binary_data"), arena);
    return is_prior ? write_only_prior_data(typed, data)
                    : write_only_data(typed, write_only_table, data);
}

static Value kubernetes_secret_manifest_of(TypedCall *typed, Value state, Value manifest) {
    Arena *arena = typed->call->arena;
    manifest = typed_object_with(manifest, "data", data_of(typed, state), arena);
    manifest = typed_object_with(manifest, "type", object_attribute(state, "type"), arena);
    return typed_object_with(manifest, "immutable", object_attribute(state, "immutable"), arena);
}

static bool kubernetes_secret_is_write_only(Value state) {
    return object_has(state, "data_wo_revision") || object_has(state, "binary_data_wo_revision");
}

static Str digests_of(const TypedCall *typed, Value live) {
    return write_only_digests(typed, write_only_table, live);
}

static bool is_token(Str type) {
    return str_equal_cstr(type, TOKEN_TYPE);
}

/* Without configured data, the data of a token are those that its controller sets. */
static Value kubernetes_secret_planned_of(const TypedCall *typed, Value planned) {
    bool is_computed = is_token(object_text(planned, "type", STR_EMPTY)) &&
                       !kubernetes_secret_is_write_only(planned);
    if (is_computed || !value_is_null(object_attribute(typed->config, "data")))
        return planned;
    return object_with(planned, "data", value_null(&TYPE_MAP_OF_STRING), typed->call->arena);
}

/* Sets `data` and `binary_data` to everything that the object has: bytes that are no text are
 * binary. */
static void set_all(ObjectBuilder *builder, Value live, Arena *arena) {
    ObjectBuilder texts = object_builder_new(arena), binary = object_builder_new(arena);
    Value all = typed_object_texts(value_null(&TYPE_MAP_OF_STRING), live, "data", true, arena);
    for (size_t i = 0; value_is_present(all) && i < all.count; i++) {
        Value value = value_at(all, i);
        Str bytes;
        bool is_text = base64_decode(value_text(value), &bytes, arena) &&
                       utf8_valid_prefix(bytes) == bytes.len;
        if (is_text)
            object_builder_put(&texts, value_key_at(all, i), value_string(bytes, arena));
        else
            object_builder_put(&binary, value_key_at(all, i), value);
    }
    if (texts.gathered.count)
        object_builder_set(builder, "data", object_builder_map(&texts, &TYPE_STRING));
    if (binary.gathered.count)
        object_builder_set(builder, "binary_data", object_builder_map(&binary, &TYPE_STRING));
}

static Value kubernetes_secret_state_of(const Call *call, Value state, Value live, bool is_import) {
    Arena *arena = call->arena;
    ObjectBuilder builder = object_builder_of(state, arena);
    Value data = object_attribute(state, "data"), binary = object_attribute(state, "binary_data");
    Value immutable = object_attribute(state, "immutable");
    Str type = kube_object_text(live, "", "type");
    object_builder_set(&builder, "immutable", typed_object_flag(immutable, live, "immutable"));
    object_builder_set_text(&builder, "type", type, arena);
    bool has_all =
        is_token(type) && !kubernetes_secret_is_write_only(state) && !value_is_present(binary);
    if (is_import || has_all) {
        set_all(&builder, live, arena);
    } else {
        data = typed_object_texts(data, live, "data", false, arena);
        if (value_is_present(data))
            data = object_texts_decode(data, arena);
        object_builder_set(&builder, "data", data);
        object_builder_set(&builder, "binary_data",
                           typed_object_texts(binary, live, "data", false, arena));
    }
    return object_builder_value(&builder);
}

typedef struct TokenWait {
    ObjectApplied *applied;
    Diags *diags;
} TokenWait;

static WaitLook look_for_token(void *payload, Wait *wait) {
    TokenWait *token = payload;
    KubeCall kube = cluster_call(wait->call);
    KubeResponse response;
    Value live, found;
    if (kube_object_find(token->applied->live, "data", "token", &found))
        return WAIT_LOOK_DONE;
    KubeOutcome outcome = kube_call_get(&kube, &token->applied->ref, &response, token->diags);
    if (outcome != KUBE_DONE || !kube_client_decode(&response, &live, kube.arena)) {
        wait->reason = response.problem;
        return WAIT_LOOK_AGAIN;
    }
    token->applied->live = live;
    wait->reason = STR("it has no token yet; does the service account exist?");
    return kube_object_find(live, "data", "token", &found) ? WAIT_LOOK_DONE : WAIT_LOOK_AGAIN;
}

static bool kubernetes_secret_wait(const Call *call, Value planned, ObjectApplied *applied,
                                   Diags *diags) {
    TokenWait token = {.applied = applied, .diags = diags};
    WaitUntil until = {
        .what = "the token of the service account",
        .look = look_for_token,
        .payload = &token,
        .timeout_ms = call->deadline_ms ? 0 : TOKEN_MS,
        .pauses = {.first_ms = 100, .last_ms = 1000},
    };
    return !is_token(object_text(planned, "type", STR_EMPTY)) ||
           !object_bool(planned, "wait_for_service_account_token", true) ||
           wait_until_done(call, &until, diags);
}

/* All arguments end up in one map. An error is not at the key, whose line may show the value. */
static bool kubernetes_secret_check_keys(const Call *call, Value config, const char *a,
                                         const char *b, Diags *diags) {
    Value values = object_attribute(config, a), others = object_attribute(config, b), ignored;
    bool is_valid = true;
    for (size_t i = 0; value_is_present(values) && i < values.count; i++) {
        Str key = value_key_at(values, i);
        if (value_find(others, key, &ignored))
            is_valid = path_error(call, PATH_AT(call, {a}), diags, "Key given twice",
                                  "\"%s\" has the key \"%.*s\", too. Remove one of them.", b,
                                  STR_ARG(key));
    }
    return is_valid;
}

/* Not a check of the attribute: the reason would be hidden, because the value is sensitive. */
static bool check_bytes(const Call *call, Value config, const char *name, Diags *diags) {
    Value values = object_attribute(config, name);
    Str problem =
        value_is_present(values) ? object_texts_check_base64(values, call->arena) : STR_EMPTY;
    return problem.len == 0 || path_error(call, PATH_AT(call, {name}), diags, "Invalid base64 text",
                                          "%.*s", STR_ARG(problem));
}

static bool kubernetes_secret_validate(const Call *call, const ValidateRequest *request,
                                       Diags *diags) {
    static const char *const names[] = {"data", "binary_data", "data_wo", "binary_data_wo"};
    bool is_valid = check_bytes(call, request->config, "binary_data", diags);
    is_valid = check_bytes(call, request->config, "binary_data_wo", diags) && is_valid;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        for (size_t k = 0; k < i; k++)
            is_valid =
                kubernetes_secret_check_keys(call, request->config, names[i], names[k], diags) &&
                is_valid;
    }
    return is_valid;
}

static const Attribute secret_attributes[] = {
    {"data", &TYPE_MAP_OF_STRING, OPTIONAL | COMPUTED | SENSITIVE | ANY_TEXT,
     "Texts by key. For a token of a service account, computed."},
    {"binary_data", &TYPE_MAP_OF_STRING, OPTIONAL | SENSITIVE, "Bytes by key, as base64."},
    {"data_wo", &TYPE_MAP_OF_STRING, OPTIONAL | WRITE_ONLY | ANY_TEXT,
     "Texts by key that no plan and no state stores."},
    {"data_wo_revision", &TYPE_NUMBER, OPTIONAL,
     "Revision of data_wo: a change sends its values again."},
    {"binary_data_wo", &TYPE_MAP_OF_STRING, OPTIONAL | WRITE_ONLY,
     "Bytes by key, as base64, that no plan and no state stores."},
    {"binary_data_wo_revision", &TYPE_NUMBER, OPTIONAL,
     "Revision of binary_data_wo: a change sends its values again."},
    {"type", &TYPE_STRING, OPTIONAL | COMPUTED, "Type of the Secret. A change replaces the object.",
     .default_json = "\"Opaque\""},
    {"immutable", &TYPE_BOOL, OPTIONAL,
     "Whether the data can never be changed: then another value replaces the object."},
    {"wait_for_service_account_token", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether a creation or update waits for the token, if the type is \"" TOKEN_TYPE "\".",
     .default_json = "true"},
    TYPED_ATTRIBUTES,
};
static const ArgumentRule secret_rules[] = {
    {RULE_CONFLICTS, {"data", "data_wo"}},
    {RULE_CONFLICTS, {"binary_data", "binary_data_wo"}},
    {RULE_REQUIRED_WITH, {"data_wo", "data_wo_revision"}},
    {RULE_REQUIRED_WITH, {"data_wo_revision", "data_wo"}},
    {RULE_REQUIRED_WITH, {"binary_data_wo", "binary_data_wo_revision"}},
    {RULE_REQUIRED_WITH, {"binary_data_wo_revision", "binary_data_wo"}},
};
static const Block secret_blocks[] = {OBJECT_METADATA_BLOCK, TYPED_BLOCKS};

static const char *const secret_members[] = {"data", "binary_data", "data_wo", "binary_data_wo",
                                             "type", "immutable",   NULL};
static const TypedObject secret = {
    .api_version = "v1",
    .kind = "Secret",
    .is_namespaced = true,
    .members = secret_members,
    .manifest = kubernetes_secret_manifest_of,
    .state = kubernetes_secret_state_of,
    .planned = kubernetes_secret_planned_of,
    .needs_live = kubernetes_secret_is_write_only,
    .values = digests_of,
    .wait = kubernetes_secret_wait,
};

const ResourceType kubernetes_secret = {
    .name = "kubernetes_secret",
    .schema = {SCHEMA_ATTRIBUTES(secret_attributes), SCHEMA_BLOCKS(secret_blocks),
               SCHEMA_RULES(secret_rules), .description = "A Secret, in the state or write-only."},
    .payload = &secret,
    .validate = kubernetes_secret_validate,
    TYPED_SLOTS,
};
