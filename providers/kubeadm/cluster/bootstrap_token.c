/* bootstrap_token: Secrets of the namespace kube-system. */
#include "bootstrap_token.h"
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

static KubeRef token_ref(Str id, Arena *arena) {
    return (KubeRef){.resource = &cluster_api_secrets,
                     .namespace = STR("kube-system"),
                     .name = str_concat(STR("bootstrap-token-"), id, arena)};
}

static void token_put(ObjectBuilder *builder, const char *name, Str text) {
    object_builder_put(builder, str_from_cstr(name), value_from_str(text));
}

static Str token_body(const Call *call, const BootstrapToken *token, Str name, Value annotations) {
    Arena *arena = call->arena;
    const Clock *clock = call->io->clock;
    Timestamp end = {.seconds =
                         clock->now_ms(clock->self) / 1000 + INT64_C(60) * BOOTSTRAP_TOKEN_MINUTES};
    ObjectBuilder metadata = object_builder_new(arena), data = object_builder_new(arena);
    ObjectBuilder secret = object_builder_new(arena);
    token_put(&metadata, "name", name);
    token_put(&metadata, "namespace", STR("kube-system"));
    object_builder_put(&metadata, STR("annotations"), annotations);
    token_put(&data, "token-id", token->id);
    token_put(&data, "token-secret", str_after(token->text, ID_LENGTH + 1));
    token_put(&data, "expiration", timestamp_to_str(end, arena));
    token_put(&data, "usage-bootstrap-authentication", STR("true"));
    token_put(&data, "usage-bootstrap-signing", STR("true"));
    token_put(&data, "auth-extra-groups", STR("system:bootstrappers:kubeadm:default-node-token"));
    token_put(&data, "description", str_concat(STR("loam: "), call->address, arena));
    token_put(&secret, "apiVersion", STR("v1"));
    token_put(&secret, "kind", STR("Secret"));
    token_put(&secret, "type", STR("bootstrap.kubernetes.io/token"));
    object_builder_put(&secret, STR("metadata"), object_builder_value(&metadata));
    object_builder_put(&secret, STR("stringData"), object_builder_value(&data));
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
    Str body = token_body(call, token, ref.name, annotations);
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
