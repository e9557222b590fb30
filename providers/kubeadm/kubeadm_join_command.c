/* kubeadm_join_command: when token and certificates are renewed, and how. */
#include "kubeadm_join_command.h"
#include "bootstrap_token.h"
#include "clock.h"
#include "duration.h"
#include "path_error.h"
#include "timestamp.h"
#include "uploaded_certs.h"

#define TTL             "bootstrap_token_ttl"
#define UPLOAD          "upload_certs"
#define COMMAND         "join_command"
#define COMMAND_END     "join_command_expires"
#define CONTROL_COMMAND "control_plane_join_command"
#define CERTS_END       "uploaded_certs_expire"
#define TOKEN_FLAG      " --token "
#define TTL_MIN_MS      INT64_C(3600000)
/* kubeadm's certificates live for two hours. */
#define CERTS_LEFT_SECONDS INT64_C(3600)

Str kubeadm_join_command_check_ttl(Value value, Arena *arena) {
    Str problem = duration_check(value, arena);
    int64_t ms;
    if (problem.len)
        return problem;
    return clock_parse_duration(value_text(value), &ms) && ms < TTL_MIN_MS
               ? STR("The token must live for at least one hour.")
               : STR_EMPTY;
}

bool kubeadm_join_command_validate(const Call *call, Value config, Diags *diags) {
    Value ttl = object_attribute(config, TTL);
    return !object_bool(config, UPLOAD, false) || !value_is_known(ttl) || !value_is_null(ttl) ||
           path_error(call, PATH_AT(call, {UPLOAD}), diags, "Argument missing",
                      "Machines that get the certificates need a token as well: set \"" TTL "\".");
}

static bool has(Value object, const char *name) {
    return value_is_present(object) && object_has(object, name);
}

/* Plans. */

/* Seconds from the plan until this time; INT64_MAX if it is unknown. */
static int64_t command_seconds_left(const Call *call, Value object, const char *name) {
    Timestamp end;
    Str error, text = object_text(object, name, STR_EMPTY);
    if (!text.len || !timestamp_parse(text, &end, &error, call->arena))
        return INT64_MAX;
    return end.seconds - call_planned_ms(call) / 1000;
}

/* Returns why the token is renewed; empty: it is not. */
static Str renewal_reason(const Call *call, Value prior, Value planned) {
    int64_t left = command_seconds_left(call, prior, COMMAND_END);
    if (object_differs(prior, planned, TTL))
        return STR("the token gets another end");
    if (left > duration_of(planned, TTL, 0) / 2000)
        return STR_EMPTY;
    return str_format(call->arena, "%lld minutes left: the token is renewed",
                      (long long)(left < 0 ? 0 : left / 60));
}

static void set_unknown(ObjectBuilder *planned, const char *name) {
    object_builder_set(planned, name, value_unknown(&TYPE_STRING));
}

static void set_null(ObjectBuilder *planned, const char *name) {
    object_builder_set(planned, name, value_null(&TYPE_STRING));
}

static void plan_token(const Call *call, Value prior, Value proposed, ObjectBuilder *planned,
                       PlanResponse *response) {
    Value ttl = object_attribute(proposed, TTL);
    if (value_is_known(ttl) && value_is_null(ttl)) {
        set_null(planned, COMMAND);
        set_null(planned, COMMAND_END);
        return;
    }
    if (!value_is_known(ttl) || !has(prior, COMMAND)) {
        set_unknown(planned, COMMAND);
        set_unknown(planned, COMMAND_END);
        return;
    }
    Str reason = renewal_reason(call, prior, proposed);
    if (!reason.len)
        return;
    set_unknown(planned, COMMAND_END);
    plan_note(response, PATH_AT(call, {COMMAND_END}), reason, call->arena);
}

static void plan_certs(const Call *call, Value prior, Value proposed, ObjectBuilder *planned,
                       Diags *diags) {
    Value upload = object_attribute(proposed, UPLOAD);
    if (value_is_known(upload) && !value_is_true(upload)) {
        set_null(planned, CONTROL_COMMAND);
        set_null(planned, CERTS_END);
        return;
    }
    if (!value_is_known(upload) || !value_is_known(object_builder_get(planned, COMMAND)) ||
        !has(prior, CONTROL_COMMAND) ||
        command_seconds_left(call, prior, CERTS_END) < CERTS_LEFT_SECONDS) {
        set_unknown(planned, CONTROL_COMMAND);
        set_unknown(planned, CERTS_END);
    }
    if (call->is_planning && value_is_known(upload))
        path_warning(call, PATH_AT(call, {UPLOAD}), diags, "Private keys in the cluster",
                     "Each apply stores the private keys of the cluster's authorities in a Secret "
                     "for up to two hours, encrypted by the key in \"" CONTROL_COMMAND "\". Remove "
                     "this argument when the control planes have joined.");
}

void kubeadm_join_command_plan(const Call *call, const PlanRequest *request, ObjectBuilder *planned,
                               PlanResponse *response, Diags *diags) {
    Value prior = request->is_replaced ? value_null(request->prior.type) : request->prior;
    plan_token(call, prior, request->proposed, planned, response);
    plan_certs(call, prior, request->proposed, planned, diags);
}

Value kubeadm_join_command_clear(Value state, Arena *arena) {
    static const char *const names[] = {COMMAND, COMMAND_END, CONTROL_COMMAND, CERTS_END};
    ObjectBuilder builder = object_builder_of(state, arena);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (!value_is_known(object_attribute(state, names[i])))
            set_null(&builder, names[i]);
    }
    return object_builder_value(&builder);
}

/* Changes. */

/* Returns the token in a stored command. */
static BootstrapToken token_in(Value object) {
    Str command = object_text(object, COMMAND, STR_EMPTY);
    size_t at = str_find(command, STR(TOKEN_FLAG), 0);
    if (at == SIZE_MAX)
        return (BootstrapToken){0};
    Str rest = str_after(command, at + sizeof TOKEN_FLAG - 1);
    return bootstrap_token_of(str_slice(rest, 0, str_find_char(rest, ' ', 0)));
}

static Str command_text(const KubeadmNode *node, const BootstrapToken *token) {
    Arena *arena = node->call->arena;
    Str hash = pki_discovery_hash(node->pki.ca.certificate, arena);
    return str_format(arena,
                      "kubeadm join %.*s" TOKEN_FLAG "%.*s --discovery-token-ca-cert-hash %.*s",
                      STR_ARG(node->endpoint), STR_ARG(token->text), STR_ARG(hash));
}

/* The token of a lost state has the same id, so it is replaced. */
static BootstrapToken new_token(const KubeadmNode *node) {
    Arena *arena = node->call->arena;
    return bootstrap_token_make(str_concat(node->id, STR("-stays"), arena), arena);
}

static bool keep_token(const KubeadmNode *node, const ClusterApi *api, Value *state, Diags *diags) {
    Arena *arena = node->call->arena;
    const Clock *clock = node->call->io->clock;
    int64_t end = (clock->now_ms(clock->self) + duration_of(node->object, TTL, 0)) / 1000;
    BootstrapToken token = token_in(*state);
    if (!token.text.len)
        token = new_token(node);
    if (!bootstrap_token_keep(node->call, api, &token, end, diags))
        return false;
    bootstrap_token_wait(node->call, api, &token);
    Str text = timestamp_to_str((Timestamp){.seconds = end}, arena);
    *state = object_with_text(*state, COMMAND, command_text(node, &token), arena);
    *state = object_with_text(*state, COMMAND_END, text, arena);
    return true;
}

static bool upload_certs(const KubeadmNode *node, const ClusterApi *api, const JoinUpload *upload,
                         Value *state, Diags *diags) {
    Arena *arena = node->call->arena;
    Str end, command = object_text(*state, COMMAND, STR_EMPTY);
    if (!uploaded_certs_upload(node->link, upload->config, diags))
        return false;
    if (!uploaded_certs_end(api, &end) || !end.len)
        return path_error(node->call, PATH_AT(node->call, {UPLOAD}), diags,
                          "Certificates not uploaded",
                          "kubeadm has ended on %.*s, but the Secret \"kubeadm-certs\" cannot be "
                          "read. Apply again.",
                          STR_ARG(node->link->target.host));
    command = str_format(arena, "%.*s --control-plane --certificate-key %.*s", STR_ARG(command),
                         STR_ARG(upload->key));
    *state = object_with_text(*state, CONTROL_COMMAND, command, arena);
    *state = object_with_text(*state, CERTS_END, end, arena);
    return true;
}

/* Whether the prior object has the attribute and the planned one has none. */
static bool drops(const KubeadmNode *node, Value prior, const char *name) {
    return has(prior, name) && value_is_null(object_attribute(node->object, name));
}

bool kubeadm_join_command_update(const KubeadmNode *node, Value prior, const JoinUpload *upload,
                                 Value *state, Diags *diags) {
    bool keeps = !value_is_known(object_attribute(node->object, COMMAND_END));
    bool uploads = !value_is_known(object_attribute(node->object, CERTS_END));
    bool drops_token = drops(node, prior, COMMAND), drops_certs = drops(node, prior, CERTS_END);
    *state = kubeadm_join_command_clear(*state, node->call->arena);
    if (!keeps && !uploads && !drops_token && !drops_certs)
        return true;
    SCOPED(ClusterApi) api = {0};
    return kubeadm_node_own_api(node, &api, diags) &&
           (!drops_certs || uploaded_certs_delete(&api, diags)) &&
           (!drops_token || bootstrap_token_revoke(&api, token_in(prior).id, diags)) &&
           (!keeps || keep_token(node, &api, state, diags)) &&
           (!uploads || upload_certs(node, &api, upload, state, diags));
}

/* Refreshes. */

static void read_token(const ClusterApi *api, Value state, ObjectBuilder *builder) {
    BootstrapToken token = token_in(state);
    Str end;
    if (!token.text.len || !bootstrap_token_end(api, &token, &end))
        return;
    object_builder_set_optional(builder, COMMAND_END, end, api->call.arena);
    if (!end.len)
        set_null(builder, COMMAND);
}

/* Certificates with another end are those of another upload, with another key. */
static void read_certs(const ClusterApi *api, Value state, ObjectBuilder *builder) {
    Str end, former = object_text(state, CERTS_END, STR_EMPTY);
    if (!former.len || !uploaded_certs_end(api, &end) || str_equal(end, former))
        return;
    set_null(builder, CONTROL_COMMAND);
    set_null(builder, CERTS_END);
}

bool kubeadm_join_command_read(const Call *call, Value *state, Diags *diags) {
    SCOPED(SshLink) link = {0};
    SCOPED(ClusterApi) api = {0};
    KubeadmNode node;
    Diags ignored = diags_new(call->arena);
    if (!object_has(*state, COMMAND) || !object_has(*state, "pki"))
        return true;
    if (!kubeadm_node_open(call, *state, object_text(*state, "id", STR_EMPTY), &link, &node, diags))
        return false;
    ssh_client_limit_to_plan(&link);
    if (!kubeadm_node_api(&node, &api, &ignored))
        return true;
    ObjectBuilder builder = object_builder_of(*state, call->arena);
    read_token(&api, *state, &builder);
    read_certs(&api, *state, &builder);
    *state = object_builder_value(&builder);
    return true;
}
