/* ephemeral kubernetes_token: a token of a service account, made anew before it expires. */
#include "kubernetes_provider.h"

#include "kube_object.h"
#include "nested_list.h"
#include "object_lookup.h"

#define SECONDS_MIN 600 /* the API server rejects less */

static const KubeResource service_accounts =
    KUBE_CORE_RESOURCE("ServiceAccount", "serviceaccounts");

/* The private data is the configuration: it stays in memory, for later requests. */
static Str token_remember(Value config, Arena *arena) {
    return json_typed_text(config, config.type, arena);
}

static Value token_recall(Str private_data, Arena *arena) {
    const Type *type = schema_implied_type(&ephemeral_kubernetes_token.schema);
    JsonReader reader = json_reader_new(private_data, arena);
    const char *error;
    Value config;
    CHECK(json_read_typed(&reader, json_next(&reader), type, &config, &error, arena));
    return config;
}

static void write_bound_object(JsonWriter *writer, Value bound) {
    static const char *const names[][2] = {
        {"api_version", "apiVersion"},
        {"kind", "kind"},
        {"name", "name"},
        {"uid", "uid"},
    };
    json_key_object(writer, "boundObjectRef");
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (object_has(bound, names[i][0]))
            json_key_string(writer, names[i][1], object_text(bound, names[i][0], STR_EMPTY));
    json_object_end(writer);
}

/* Returns the body of a TokenRequest. */
static Str token_body_of(Value config, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    Value spec = object_nested(config, "spec", arena);
    StrVec audiences = nested_list_texts(spec, "audiences", arena);
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    json_key_string(&writer, "apiVersion", STR("authentication.k8s.io/v1"));
    json_key_string(&writer, "kind", STR("TokenRequest"));
    json_key_object(&writer, "spec");
    if (audiences.count) {
        json_key_array(&writer, "audiences");
        vec_each(&audiences, audience)
            json_write_string(&writer, *audience);
        json_array_end(&writer);
    }
    if (object_has(spec, "expiration_seconds"))
        json_key_int(&writer, "expirationSeconds", object_int(spec, "expiration_seconds", 0));
    if (object_has(spec, "bound_object_ref"))
        write_bound_object(&writer, object_attribute(spec, "bound_object_ref"));
    json_object_end(&writer);
    json_object_end(&writer);
    return strbuf_str(&text);
}

typedef struct Token {
    Value result;
    int64_t renew_at_ms;
} Token;

/* Returns the block with the audiences and the validity that the server has granted. */
static Value granted_spec(Value spec, Value reply, Arena *arena) {
    ObjectBuilder builder = object_builder_of(spec, arena);
    Value granted;
    if (!object_has(spec, "expiration_seconds") &&
        kube_object_find(reply, "spec", "expirationSeconds", &granted))
        object_builder_set(&builder, "expiration_seconds", granted);
    if (!object_has(spec, "audiences") && value_find_present(reply, STR("spec"), &granted)) {
        StrVec audiences = nested_list_texts(granted, "audiences", arena);
        object_builder_set(&builder, "audiences", nested_list_of_texts(&audiences, arena));
    }
    return object_builder_value(&builder);
}

/* A token is renewed after four fifths of the time that the server grants. */
static Token token_of(const Call *call, Value config, Value reply) {
    ObjectBuilder builder = object_builder_of(config, call->arena);
    int64_t seconds;
    Token token = {0};
    object_builder_set_text(&builder, "token", kube_object_text(reply, "status", "token"),
                            call->arena);
    object_builder_set_text(&builder, "expiration_timestamp",
                            kube_object_text(reply, "status", "expirationTimestamp"), call->arena);
    if (object_has(config, "spec"))
        object_builder_set(&builder, "spec",
                           granted_spec(object_attribute(config, "spec"), reply, call->arena));
    token.result = object_builder_value(&builder);
    seconds = kube_object_int(reply, "spec", "expirationSeconds");
    if (seconds > 0)
        token.renew_at_ms = call_monotonic_ms(call) + seconds * 800;
    return token;
}

/* Requests a token. A repeated request makes another token, which does no harm: tokens are not
 * stored on the server. If *deferred is set, there is no token. */
static bool request_token(const Call *call, Value config, Token *out, Str *deferred, Diags *diags) {
    Arena *arena = call->arena;
    Value metadata = object_attribute(config, "metadata");
    KubeRef ref = {
        .resource = &service_accounts,
        .namespace = object_text(metadata, "namespace", STR("default")),
        .name = object_text(metadata, "name", STR_EMPTY),
    };
    ObjectLookup lookup = {
        .call = call,
        .action = "Token of a service account not created",
        .key = object_key_of_ref(&ref),
        .deferred = deferred,
        .diags = diags,
        .target.kube = cluster_call(call),
    };
    KubeResponse response;
    Value reply;
    KubeRef token_ref = ref;
    token_ref.subresource = STR("token");
    KubeRequest post = {
        .method = "POST",
        .path = kube_resource_path(&token_ref, arena),
        .body = token_body_of(config, arena),
        .is_repeatable = true,
    };
    if (kube_call_send(&lookup.target.kube, post, &response, diags) != KUBE_DONE ||
        !kube_client_decode(&response, &reply, arena))
        return object_lookup_fail(&lookup, &ref, &response);
    *out = token_of(call, config, reply);
    return true;
}

static bool token_open(const Call *call, const OpenRequest *, OpenResponse *response,
                       Diags *diags) {
    Token token;
    Value config = response->result;
    if (!request_token(call, config, &token, &response->deferred, diags))
        return false;
    if (response->deferred.len)
        return true;
    response->private_data = token_remember(config, call->arena);
    response->result = token.result;
    response->renew_at_ms = token.renew_at_ms;
    return true;
}

static bool token_renew(const Call *call, const RenewRequest *request, RenewResponse *response,
                        Diags *diags) {
    Token token;
    Str deferred = STR_EMPTY; /* renewals are no part of planning: it stays empty */
    if (!request_token(call, token_recall(request->private_data, call->arena), &token, &deferred,
                       diags))
        return false;
    response->result = token.result;
    response->renew_at_ms = token.renew_at_ms;
    return true;
}

static Str check_seconds(Value value, Arena *) {
    int64_t number;
    return value_to_int(value, &number) && number >= SECONDS_MIN
               ? STR_EMPTY
               : STR("The value must be a whole number of at least 600.");
}

/* clang-format off */
static const Attribute token_metadata_attributes[] = {
    {"name",      &TYPE_STRING, REQUIRED, "Name of the service account."},
    {"namespace", &TYPE_STRING, OPTIONAL, "Namespace of the service account (default \"default\")."},
};
static const Attribute bound_attributes[] = {
    {"api_version", &TYPE_STRING, OPTIONAL, "API version of the object: \"v1\"."},
    {"kind",        &TYPE_STRING, OPTIONAL, "Kind of the object: \"Pod\", \"Secret\" or \"Node\"."},
    {"name",        &TYPE_STRING, OPTIONAL, "Name of the object."},
    {"uid",         &TYPE_STRING, OPTIONAL, "UID of the object."},
};
static const Attribute spec_attributes[] = {
    {"audiences",          &TYPE_LIST_OF_STRING, OPTIONAL | COMPUTED, "Audiences that accept the token (default: those of the API server)."},
    {"expiration_seconds", &TYPE_NUMBER,         OPTIONAL | COMPUTED, "Validity of the token, at least 600 (default 3600).", .check = check_seconds},
};
static const Attribute token_attributes[] = {
    {"expiration_timestamp", &TYPE_STRING, COMPUTED,             "End of the validity, as an RFC 3339 timestamp."},
    {"token",                &TYPE_STRING, COMPUTED | SENSITIVE, "The token."},
};
static const Block spec_blocks[] = {
    {"bound_object_ref", NEST_SINGLE,
     {SCHEMA_ATTRIBUTES(bound_attributes), .description = "Object whose deletion ends the validity."}},
};
static const Block token_blocks[] = {
    {"metadata", NEST_SINGLE,
     {SCHEMA_ATTRIBUTES(token_metadata_attributes), .description = "The service account."}, .min_items = 1},
    {"spec", NEST_SINGLE,
     {SCHEMA_ATTRIBUTES(spec_attributes), SCHEMA_BLOCKS(spec_blocks), .description = "Properties of the token."}},
};
/* clang-format on */

const EphemeralType ephemeral_kubernetes_token = {
    .mode = MODE_EPHEMERAL,
    .name = "kubernetes_token",
    .schema = {SCHEMA_ATTRIBUTES(token_attributes), SCHEMA_BLOCKS(token_blocks),
               .description = "A token of a service account, for the time of a run. Before it "
                              "expires, it is replaced for the references that follow."},
    .open = token_open,
    .renew = token_renew,
};
