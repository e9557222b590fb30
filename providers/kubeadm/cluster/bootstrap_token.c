/* bootstrap_token: Secrets of the namespace kube-system. */
#include "bootstrap_token.h"
#include "base64.h"
#include "digest.h"
#include "json.h"
#include "kube_error.h"
#include "kube_object.h"
#include "log.h"
#include "object_builder.h"
#include "path_error.h"
#include "random.h"
#include "timestamp.h"

#define ID_LENGTH     ((size_t)6)
#define SECRET_LENGTH ((size_t)16)
#define SIGNED_MS     INT64_C(20000)

static const char symbols[] = "abcdefghijklmnopqrstuvwxyz0123456789";
#define SYMBOL_COUNT ((unsigned)(sizeof(symbols) - 1))
/* The largest multiple of the number of symbols in a byte: greater bytes are rejected. */
#define BYTE_LIMIT (256 / SYMBOL_COUNT * SYMBOL_COUNT)

static Str token_id(Str marker, Arena *arena) {
    Str hex = digest_hex(DIGEST_SHA256, marker, arena);
    return str_slice(hex, 0, ID_LENGTH);
}

static Str token_random_text(size_t length, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    while (out.len < length) {
        unsigned char byte;
        random_fill(&byte, sizeof byte);
        if (byte < BYTE_LIMIT)
            strbuf_add_char(&out, symbols[byte % SYMBOL_COUNT]);
    }
    return strbuf_str(&out);
}

BootstrapToken bootstrap_token_make(Str marker, Arena *arena) {
    BootstrapToken token = {.id = token_id(marker, arena)};
    Str secret = token_random_text(SECRET_LENGTH, arena);
    token.text = str_format(arena, "%.*s.%.*s", STR_ARG(token.id), STR_ARG(secret));
    return token;
}

BootstrapToken bootstrap_token_of(Str text) {
    return (BootstrapToken){.id = str_slice(text, 0, ID_LENGTH), .text = text};
}

static KubeRef token_ref(Str id, Arena *arena) {
    return (KubeRef){.resource = &cluster_api_secrets,
                     .namespace = STR("kube-system"),
                     .name = str_concat(STR("bootstrap-token-"), id, arena)};
}

static void token_put(ObjectBuilder *builder, const char *name, Str text) {
    object_builder_put(builder, str_from_cstr(name), value_from_str(text));
}

static void token_put_data(ObjectBuilder *builder, const char *name, Str text) {
    token_put(builder, name, base64_encode(text, builder->arena));
}

static Str token_secret(Str text) {
    return str_after(text, ID_LENGTH + 1);
}

/* `annotations` may be an empty object. */
static Str token_body(const Call *call, const BootstrapToken *token, int64_t end,
                      Value annotations) {
    Arena *arena = call->arena;
    ObjectBuilder metadata = object_builder_new(arena), data = object_builder_new(arena);
    ObjectBuilder secret = object_builder_new(arena);
    token_put(&metadata, "name", token_ref(token->id, arena).name);
    token_put(&metadata, "namespace", STR("kube-system"));
    object_builder_put(&metadata, STR("annotations"), annotations);
    token_put_data(&data, "token-id", token->id);
    token_put_data(&data, "token-secret", token_secret(token->text));
    token_put_data(&data, "expiration", timestamp_to_str((Timestamp){.seconds = end}, arena));
    token_put_data(&data, "usage-bootstrap-authentication", STR("true"));
    token_put_data(&data, "usage-bootstrap-signing", STR("true"));
    token_put_data(&data, "auth-extra-groups",
                   STR("system:bootstrappers:kubeadm:default-node-token"));
    token_put_data(&data, "description", str_concat(STR("loam: "), call->address, arena));
    token_put(&secret, "apiVersion", STR("v1"));
    token_put(&secret, "kind", STR("Secret"));
    token_put(&secret, "type", STR("bootstrap.kubernetes.io/token"));
    object_builder_put(&secret, STR("metadata"), object_builder_value(&metadata));
    object_builder_put(&secret, STR("data"), object_builder_value(&data));
    return json_text(object_builder_value(&secret), arena);
}

static KubeOutcome delete_secret(const ClusterApi *api, const KubeRef *ref,
                                 KubeResponse *response) {
    KubeDelete request = {.ref = *ref, .propagation = KUBE_PROPAGATION_BACKGROUND};
    return kube_call_delete(&api->call, &request, response, NULL);
}

bool bootstrap_token_store(const Call *call, const ClusterApi *api, const BootstrapToken *token,
                           Value annotations, Diags *diags) {
    KubeRef ref = token_ref(token->id, call->arena), collection = ref;
    const Clock *clock = call->io->clock;
    int64_t end = clock->now_ms(clock->self) / 1000 + INT64_C(60) * BOOTSTRAP_TOKEN_MINUTES;
    Str body = token_body(call, token, end, annotations);
    KubeResponse response, deletion;
    collection.name = STR_EMPTY;
    KubeOutcome outcome = kube_call_create(&api->call, &collection, body, &response, diags);
    if (outcome == KUBE_CONFLICT && delete_secret(api, &ref, &deletion) != KUBE_FAILED)
        outcome = kube_call_create(&api->call, &collection, body, &response, diags);
    if (outcome == KUBE_DONE)
        return true;
    return kube_error_report(&api->call, "Token of the join not stored", &ref, &response, diags);
}

static bool see_signature(void *payload, Value object, Wait *wait) {
    const BootstrapToken *token = payload;
    Str key = str_concat(STR("jws-kubeconfig-"), token->id, wait->call->arena);
    Value data;
    wait->reason = STR("cluster-info is not signed yet");
    return value_is_present(object) && value_find_present(object, STR("data"), &data) &&
           data.type->kind == KIND_OBJECT && value_text_at(data, key).len > 0;
}

void bootstrap_token_wait(const Call *call, const ClusterApi *api, const BootstrapToken *token) {
    BootstrapToken copy = *token;
    ClusterWait request = {
        .what = "the signature of the token",
        .ref = {.resource = &cluster_api_config_maps,
                .namespace = STR("kube-public"),
                .name = STR("cluster-info")},
        .see = see_signature,
        .payload = &copy,
        .timeout_ms = SIGNED_MS,
    };
    Wait wait;
    if (cluster_api_follow(call, api, &request, &wait) != WAIT_DONE)
        log_debug("token of the join not signed yet", log_text("reason", wait.reason));
}

void bootstrap_token_delete(const Call *call, const ClusterApi *api, Str marker, Diags *diags) {
    KubeRef ref = token_ref(token_id(marker, call->arena), call->arena);
    KubeResponse response;
    KubeOutcome outcome = delete_secret(api, &ref, &response);
    if (outcome != KUBE_DONE && outcome != KUBE_ABSENT)
        path_warning(call, NO_PATH, diags, "Token of the join not deleted",
                     "The Secret \"%.*s\" in the namespace kube-system expires within %d minutes. "
                     "The request failed: %.*s.",
                     STR_ARG(ref.name), BOOTSTRAP_TOKEN_MINUTES, STR_ARG(response.problem));
}

/* Tokens that stay. */

bool bootstrap_token_keep(const Call *call, const ClusterApi *api, const BootstrapToken *token,
                          int64_t end, Diags *diags) {
    ObjectBuilder none = object_builder_new(call->arena);
    KubeApply request = {
        .ref = token_ref(token->id, call->arena),
        .body = token_body(call, token, end, object_builder_value(&none)),
        .manager = STR("loam"),
        .should_force = true,
    };
    KubeResponse response;
    return kube_call_apply(&api->call, &request, &response, diags) == KUBE_DONE ||
           kube_error_report(&api->call, "Bootstrap token not stored", &request.ref, &response,
                             diags);
}

static Str decoded(Value secret, const char *name, Arena *arena) {
    Str text;
    return base64_decode(kube_object_text(secret, "data", name), &text, arena) ? text : STR_EMPTY;
}

bool bootstrap_token_end(const ClusterApi *api, const BootstrapToken *token, Str *end) {
    Arena *arena = api->call.arena;
    KubeRef ref = token_ref(token->id, arena);
    KubeResponse response;
    Value found;
    *end = STR_EMPTY;
    KubeOutcome outcome = kube_call_get(&api->call, &ref, &response, NULL);
    if (outcome == KUBE_ABSENT)
        return true;
    if (outcome != KUBE_DONE || !kube_client_decode(&response, &found, arena))
        return false;
    if (!token->text.len ||
        str_equal(decoded(found, "token-secret", arena), token_secret(token->text)))
        *end = decoded(found, "expiration", arena);
    return true;
}

bool bootstrap_token_revoke(const ClusterApi *api, Str id, Diags *diags) {
    KubeRef ref = token_ref(id, api->call.arena);
    KubeResponse response;
    KubeOutcome outcome = delete_secret(api, &ref, &response);
    return outcome == KUBE_DONE || outcome == KUBE_ABSENT ||
           kube_error_report(&api->call, "Bootstrap token not deleted", &ref, &response, diags);
}
