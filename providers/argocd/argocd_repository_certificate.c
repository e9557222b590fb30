/* argocd_repository_certificate: how Argo CD verifies a git server: by its host keys, or by the
 * certificate of its authority.
 *
 * Both are in ConfigMaps that others share. All host keys are one text, so no field manager owns a
 * line of it. A patch of the version that was read changes the entries of this server alone; after
 * a change by others, both are repeated. An entry is a host key, identified by server and type, or
 * the key of a ConfigMap that has the name of the server. */
#include "argocd_provider.h"

#include "argocd_known_hosts.h"
#include "field_manager.h"
#include "json.h"
#include "kube_object.h"
#include "object_builder.h"
#include "object_read.h"
#include "openssl_pem.h"
#include "path_error.h"
#include "value.h"
#include "wait_until.h"

#include <limits.h>
#include <openssl/err.h>

#define ATTEMPTS            12
#define CERTIFICATE_MANAGER "loam-certificates"

/* The two sorts of entries. */
typedef struct EntrySort {
    const char *name; /* in IDs */
    const char *argument;
    const char *config_map;
    const char *owner_hint; /* how argocd_install gives up the entries */
} EntrySort;

/* Checks of the arguments of argocd_repository_certificate. */

/* Checks of attributes: each returns the error as a full sentence, or the empty text. */
static Str argocd_certificate_text_check_keys(Value keys, Arena *arena) {
    StrVec types = {0};
    for (size_t i = 0; i < keys.count; i++) {
        if (!value_is_present(value_at(keys, i)))
            continue;
        Str key = value_text(value_at(keys, i)), problem = argocd_known_hosts_problem(key, arena);
        Str type = argocd_known_hosts_type(key);
        if (problem.len)
            return problem;
        if (str_is_among(type, types.items, types.count))
            return str_format(arena, "Two keys have the type %.*s. A server has one of each type.",
                              STR_ARG(type));
        vec_push(arena, &types, type);
    }
    return keys.count ? STR_EMPTY : STR("The set has no key. Give the host keys of the server.");
}

/* Counts the certificates of a text; *is_whole is set to whether each of its blocks is one. */
static size_t count_certificates(Str pem, bool *is_whole) {
    SCOPED(BioRef) bio = pem.len <= INT_MAX ? BIO_new_mem_buf(pem.ptr, (int)pem.len) : NULL;
    size_t count = 0, blocks = 0, at = 0;
    while ((at = str_find(pem, STR("-----BEGIN "), at)) != SIZE_MAX) {
        blocks++;
        at++;
    }
    for (;;) {
        SCOPED(CertificateRef) one = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
        if (!one)
            break;
        count++;
    }
    ERR_clear_error();
    *is_whole = count == blocks;
    return count;
}

static Str argocd_certificate_text_check_pem(Value pem, Arena *) {
    Str text = value_text(pem);
    bool is_whole;
    if (str_find(text, STR("PRIVATE KEY-----"), 0) != SIZE_MAX)
        return STR("The text has a private key, which everyone who reads the ConfigMap would see. "
                   "Give the certificate alone.");
    if (!count_certificates(text, &is_whole))
        return STR("The text has no certificate in PEM. It begins with a line "
                   "\"-----BEGIN CERTIFICATE-----\".");
    return is_whole ? STR_EMPTY
                    : STR("A block of the text is not a certificate in PEM, or is damaged.");
}

static bool text_has_only(Str text, const char *more) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !(c >= '0' && c <= '9') && !strchr(more, c))
            return false;
    }
    return text.len > 0;
}

/* Return why Argo CD finds no entry of this name, as a sentence; empty if it does. */
static Str argocd_certificate_text_host_problem(Str server, Arena *arena) {
    size_t end = str_rfind_char(server, ']');
    Str port = end == SIZE_MAX ? STR_EMPTY : str_after(server, end + 1);
    bool has_port = str_starts_with(server, STR("[")) && str_starts_with(port, STR(":")) &&
                    port.len > 1 && str_skip_digits(port, 1) == port.len;
    bool is_good =
        has_port ? text_has_only(str_slice(server, 1, end), "-._:") : text_has_only(server, "-._:");
    if (is_good)
        return STR_EMPTY;
    return str_format(arena,
                      "\"%.*s\" is not the name or address of a server, such as git.example.com "
                      "or, with a port, [git.example.com]:2222.",
                      STR_ARG(server));
}

/* Of TLS: the name is a key of a ConfigMap, and counts for all ports. */
static Str argocd_certificate_text_server_problem(Str server, Arena *arena) {
    if (text_has_only(server, "-._"))
        return STR_EMPTY;
    return str_format(arena,
                      "\"%.*s\" is not the name of a server, such as git.example.com. A "
                      "certificate counts for all ports, so the name has none.",
                      STR_ARG(server));
}

static const EntrySort host_keys = {
    .name = "ssh",
    .argument = "ssh_host_keys",
    .config_map = "argocd-ssh-known-hosts-cm",
    .owner_hint = "Add the keys to \"known_hosts\" of argocd_install instead, or apply its "
                  "argument release_known_hosts = false without known_hosts first",
};
static const EntrySort certificates = {
    .name = "tls",
    .argument = "tls_certificate",
    .config_map = "argocd-tls-certs-cm",
    .owner_hint = "Remove the server from \"tls_certificates\" of argocd_install first",
};

typedef struct CertificateCall {
    const Call *call;
    ObjectOptions options;
    ObjectRequest request;
    ObjectKey key;
    const EntrySort *sort;
    Str server;
    Value planned; /* state; null: a deletion */
    Value prior;   /* state; null: a creation */
    ObjectRead read;
} CertificateCall;

/* Returns the sort; NULL while unknown arguments hide it. */
static const EntrySort *repository_certificate_sort_of(Value state) {
    bool has_keys = !value_is_null(object_attribute(state, host_keys.argument));
    bool has_certificate = !value_is_null(object_attribute(state, certificates.argument));
    Str id = object_text(state, "id", STR_EMPTY);
    if (has_keys != has_certificate)
        return has_keys ? &host_keys : &certificates;
    if (has_keys || !id.len)
        return NULL;
    return str_find(id, STR("/ssh/"), 0) != SIZE_MAX ? &host_keys : &certificates; /* an import */
}

static Str repository_certificate_namespace_of(Value state) {
    return object_text(state, "namespace", STR_EMPTY);
}

/* Returns false while a part of the identity is unknown. */
static bool repository_certificate_begin(CertificateCall *entry, const Call *call, Value planned,
                                         Value prior, Str private_data) {
    Value state = value_is_present(planned) ? planned : prior;
    const EntrySort *sort = repository_certificate_sort_of(state);
    *entry = (CertificateCall){
        .call = call,
        .options = {.manager = STR(CERTIFICATE_MANAGER), .is_partial = true},
        .sort = sort,
        .server = object_text(state, "server_name", STR_EMPTY),
        .planned = planned,
        .prior = prior,
    };
    if (!sort || !entry->server.len || !repository_certificate_namespace_of(state).len)
        return false;
    Value manifest =
        kube_object_new(STR("v1"), STR("ConfigMap"), repository_certificate_namespace_of(state),
                        str_from_cstr(sort->config_map), call->arena);
    entry->key = object_key_of(manifest);
    entry->request = (ObjectRequest){
        .call = call,
        .options = &entry->options,
        .manifest = manifest,
        .prior = value_null(&TYPE_DYNAMIC),
        .prior_manifest = value_null(&TYPE_DYNAMIC),
        .record = object_record_read(private_data, call->arena),
    };
    return true;
}

static bool repository_certificate_is_ssh(const CertificateCall *entry) {
    return entry->sort == &host_keys;
}

/* Returns the key of the ConfigMap. */
static const char *repository_certificate_member_of(const CertificateCall *entry) {
    return repository_certificate_is_ssh(entry) ? ARGOCD_KNOWN_HOSTS
                                                : str_to_cstr(entry->server, entry->call->arena);
}

/* Returns the host keys of a state, which may be null. */
static StrVec repository_certificate_keys_of(Value state, Arena *arena) {
    Value keys = value_is_present(state) ? object_attribute(state, host_keys.argument)
                                         : value_null(&TYPE_SET_OF_STRING);
    StrVec found = {0};
    for (size_t i = 0; value_is_present(keys) && i < keys.count; i++)
        vec_push(arena, &found, value_text(value_at(keys, i)));
    return found;
}

static Str repository_certificate_of(Value state) {
    return value_is_present(state) ? object_text(state, certificates.argument, STR_EMPTY)
                                   : STR_EMPTY;
}

static Str live_text(const CertificateCall *entry) {
    return kube_object_text(entry->read.live, "data", repository_certificate_member_of(entry));
}

/* Returns the text that the ConfigMap gets; empty: none. */
static Str repository_certificate_wanted_text(const CertificateCall *entry) {
    Arena *arena = entry->call->arena;
    StrVec added = repository_certificate_keys_of(entry->planned, arena),
           removed = repository_certificate_keys_of(entry->prior, arena);
    return repository_certificate_is_ssh(entry)
               ? argocd_known_hosts_change(live_text(entry), entry->server, &removed, &added, arena)
               : repository_certificate_of(entry->planned);
}

/* Entries of others. */

static bool repository_certificate_has_type(const StrVec *keys, Str key) {
    vec_each(keys, other) {
        if (str_equal(argocd_known_hosts_type(*other), argocd_known_hosts_type(key)))
            return true;
    }
    return false;
}

/* Returns an entry that others have made, for a message; empty if there is none. At an apply, an
 * equal entry is that of an attempt whose reply was lost. */
static Str foreign_entry(const CertificateCall *entry) {
    Arena *arena = entry->call->arena;
    StrVec planned = repository_certificate_keys_of(entry->planned, arena),
           prior = repository_certificate_keys_of(entry->prior, arena);
    bool is_planning = entry->call->is_planning, is_new = value_is_null(entry->prior);
    Str text = live_text(entry);
    if (!repository_certificate_is_ssh(entry)) {
        bool is_same = str_equal(text, repository_certificate_of(entry->planned));
        return is_new && text.len && (is_planning || !is_same) ? STR("a certificate") : STR_EMPTY;
    }
    StrVec live = argocd_known_hosts_find(text, entry->server, arena);
    vec_each(&live, key) {
        bool is_same = str_is_among(*key, planned.items, planned.count);
        if (repository_certificate_has_type(&planned, *key) &&
            !repository_certificate_has_type(&prior, *key) && (is_planning || !is_same))
            return str_format(arena, "a host key of the type %.*s",
                              STR_ARG(argocd_known_hosts_type(*key)));
    }
    return STR_EMPTY;
}

/* Returns the manager that applies the whole text; its next apply would undo a change. */
static Str applier(const CertificateCall *entry) {
    Arena *arena = entry->call->arena;
    FieldManagers managers = field_managers_read(entry->read.live, arena);
    Path path = path_attribute(path_parse(STR(".data"), arena),
                               str_from_cstr(repository_certificate_member_of(entry)), arena);
    vec_each(&managers, manager) {
        if (str_equal_cstr(manager->operation, "Apply") &&
            field_set_has_path(manager->fields, entry->read.live, path))
            return manager->name;
    }
    return STR_EMPTY;
}

static bool repository_certificate_check_conflicts(const CertificateCall *entry, Diags *diags) {
    const EntrySort *sort = entry->sort;
    Path path = PATH_AT(entry->call, {sort->argument});
    Str found = foreign_entry(entry), manager = applier(entry);
    if (object_bool(entry->planned, "force", false))
        return true;
    if (manager.len)
        return path_error(entry->call, path, diags, "Entries of another manager",
                          "The field manager \"%.*s\" applies the key \"%s\" of the ConfigMap "
                          "\"%s\", and its next apply would undo this entry. %s. With "
                          "force = true, loam takes the key.",
                          STR_ARG(manager), repository_certificate_member_of(entry),
                          sort->config_map, sort->owner_hint);
    if (found.len)
        return path_error(entry->call, path, diags, "Entry exists already",
                          "The ConfigMap \"%s\" has %.*s for \"%.*s\" already. Import it, or set "
                          "force = true to replace it.",
                          sort->config_map, STR_ARG(found), STR_ARG(entry->server));
    return true;
}

/* Requests. */

static KubeOutcome repository_certificate_send(const CertificateCall *entry, Str text,
                                               bool is_dry_run, KubeResponse *response,
                                               Diags *diags) {
    Arena *arena = entry->call->arena;
    ObjectBuilder data = object_builder_new(arena), body = object_builder_new(arena),
                  metadata = object_builder_new(arena);
    Str version = kube_object_text(entry->read.live, "metadata", "resourceVersion");
    object_builder_put(&data, str_from_cstr(repository_certificate_member_of(entry)),
                       text.len ? value_from_str(text) : value_null(&TYPE_STRING));
    object_builder_put(&metadata, STR("resourceVersion"), value_from_str(version));
    object_builder_put(&body, STR("metadata"), object_builder_value(&metadata));
    object_builder_put(&body, STR("data"), object_builder_value(&data));
    KubePatch patch = {
        .ref = entry->read.target.ref,
        .type = KUBE_PATCH_MERGE,
        .body = json_text(object_builder_value(&body), arena),
        .manager = entry->options.manager,
        .is_dry_run = is_dry_run,
        .is_repeatable = true,
    };
    return kube_call_patch(&entry->read.target.kube, &patch, response, diags);
}

/* A change by others between read and patch repeats both. */
static bool repository_certificate_change(CertificateCall *entry, Diags *diags) {
    static const WaitPauses pauses = {.first_ms = 50, .count = ATTEMPTS};
    unsigned attempt = 0;
    KubeResponse response;
    bool is_deletion = value_is_null(entry->planned);
    do {
        if (!object_read(&entry->request, &entry->key, &entry->read, diags))
            return false;
        Str text = STR_EMPTY;
        bool is_there = entry->read.uid.len > 0;
        if (is_there)
            text = repository_certificate_wanted_text(entry);
        if (is_deletion && (!is_there || str_equal(text, live_text(entry))))
            return true;
        if (!is_there)
            return path_error(entry->call, NO_PATH, diags, "ConfigMap does not exist",
                              "The namespace \"%.*s\" has no ConfigMap \"%s\". Install Argo CD "
                              "there first: name it in depends_on.",
                              STR_ARG(entry->key.namespace), entry->sort->config_map);
        if (!is_deletion && !repository_certificate_check_conflicts(entry, diags))
            return false;
        KubeOutcome outcome = repository_certificate_send(entry, text, false, &response, diags);
        if (outcome == KUBE_DONE)
            return true;
        if (outcome != KUBE_CONFLICT)
            break;
    } while (wait_until_retry(entry->call, &pauses, &attempt));
    return object_target_report(&entry->read.target, "Entries of Argo CD not changed", &response,
                                diags);
}

/* State. */

static Str repository_certificate_id_of(const CertificateCall *entry) {
    return str_format(entry->call->arena, "%.*s/%s/%.*s", STR_ARG(entry->key.namespace),
                      entry->sort->name, STR_ARG(entry->server));
}

/* Only the cluster counts: the entries may outlive a ConfigMap that was restored. */
static Str repository_certificate_private_data_of(const CertificateCall *entry) {
    ObjectRecord record = object_read_record(&entry->read);
    record.uid = STR_EMPTY;
    return object_record_text(&record, entry->call->arena);
}

/* Returns the state with the live entries; null if there are none. A state without entries is that
 * of an import, which reads all of the server. */
static Value repository_certificate_state_of(const CertificateCall *entry, Value state) {
    Arena *arena = entry->call->arena;
    ObjectBuilder builder = object_builder_of(state, arena);
    Str text = live_text(entry);
    if (!repository_certificate_is_ssh(entry)) {
        object_builder_set_text(&builder, certificates.argument, text, arena);
        return text.len ? object_builder_value(&builder) : value_null(state.type);
    }
    StrVec live = argocd_known_hosts_find(text, entry->server, arena);
    StrVec stored = repository_certificate_keys_of(state, arena);
    ValueVec found = {0};
    vec_each(&live, key) {
        if (!stored.count || repository_certificate_has_type(&stored, *key))
            vec_push(arena, &found, value_string(*key, arena));
    }
    object_builder_set(&builder, host_keys.argument,
                       value_set(&TYPE_STRING, found.items, found.count, arena));
    return found.count ? object_builder_value(&builder) : value_null(state.type);
}

/* Slots. */

static bool repository_certificate_validate(const Call *call, const ValidateRequest *request,
                                            Diags *diags) {
    Arena *arena = call->arena;
    const EntrySort *sort = repository_certificate_sort_of(request->config);
    Str server = object_text(request->config, "server_name", STR_EMPTY), problem = STR_EMPTY;
    if (sort && object_has(request->config, "server_name"))
        problem = sort == &host_keys ? argocd_certificate_text_host_problem(server, arena)
                                     : argocd_certificate_text_server_problem(server, arena);
    return !problem.len || path_error(call, PATH_AT(call, {"server_name"}), diags,
                                      "Invalid name of a server", "%.*s", STR_ARG(problem));
}

static bool repository_certificate_is_known(const CertificateCall *entry) {
    return value_is_wholly_known(object_attribute(entry->planned, entry->sort->argument));
}

static bool verify_later(const CertificateCall *entry, Str why, PlanResponse *response) {
    Arena *arena = entry->call->arena;
    plan_note(response, NO_PATH, str_concat(STR("verified at apply: "), why, arena), arena);
    return true;
}

/* Returns whether the server accepts the change. */
static bool repository_certificate_dry_run(const CertificateCall *entry, Diags *diags) {
    KubeResponse response;
    KubeOutcome outcome = repository_certificate_send(
        entry, repository_certificate_wanted_text(entry), true, &response, diags);
    return outcome == KUBE_DONE || outcome == KUBE_CONFLICT ||
           object_target_report(&entry->read.target, "Entries of Argo CD not planned", &response,
                                diags);
}

/* The same plan may install Argo CD, and its cluster too. */
static bool repository_certificate_plan(const Call *call, const PlanRequest *request,
                                        PlanResponse *response, Diags *diags) {
    CertificateCall entry;
    ObjectTarget target;
    Str why = STR_EMPTY;
    bool is_new = value_is_null(request->prior);
    bool may_lack = is_new && call->is_planning;
    if (!repository_certificate_begin(&entry, call, response->planned, request->prior,
                                      request->private_data))
        return true;
    if (is_new || response->requires_replace.count)
        response->planned = object_with_text(response->planned, "id",
                                             repository_certificate_id_of(&entry), call->arena);
    if (!repository_certificate_is_known(&entry) || response->requires_replace.count ||
        (!is_new && value_equal(request->prior, response->planned)))
        return true;
    if (is_new)
        entry.request.record = (ObjectRecord){0};
    if (may_lack &&
        object_target_open(&entry.request, &entry.key, &target, &why, diags) == OBJECT_NO_SERVER)
        return verify_later(&entry, why, response);
    if (!object_read(&entry.request, &entry.key, &entry.read, diags))
        return false;
    if (is_new)
        response->private_data = repository_certificate_private_data_of(&entry);
    if (!entry.read.uid.len && may_lack)
        return verify_later(&entry, STR("the ConfigMap does not exist yet"), response);
    return !entry.read.uid.len || (repository_certificate_check_conflicts(&entry, diags) &&
                                   repository_certificate_dry_run(&entry, diags));
}

static bool marker(const Call *call, const MarkerRequest *request, MarkerResponse *response,
                   Diags *diags) {
    (void)call, (void)diags;
    response->marker = object_text(request->planned, "id", STR_EMPTY);
    return true;
}

static bool repository_certificate_apply(const Call *call, const ApplyRequest *request,
                                         ApplyResponse *response, Diags *diags) {
    CertificateCall entry;
    if (value_is_present(request->prior))
        response->state = request->prior; /* of a failure */
    if (!repository_certificate_begin(&entry, call, request->planned, request->prior,
                                      request->private_data) ||
        !repository_certificate_change(&entry, diags))
        return false;
    response->state =
        object_with_text(request->planned, "id", repository_certificate_id_of(&entry), call->arena);
    response->private_data = repository_certificate_private_data_of(&entry);
    return true;
}

static bool repository_certificate_delete(const Call *call, const DeleteRequest *request,
                                          DeleteResponse *, Diags *diags) {
    CertificateCall entry;
    return !repository_certificate_begin(&entry, call, value_null(request->prior.type),
                                         request->prior, request->private_data) ||
           repository_certificate_change(&entry, diags);
}

static bool repository_certificate_read(const Call *call, const ReadRequest *request,
                                        ReadResponse *response, Diags *diags) {
    CertificateCall entry;
    if (!repository_certificate_begin(&entry, call, request->state, request->state,
                                      request->private_data))
        return true;
    if (!object_read(&entry.request, &entry.key, &entry.read, diags))
        return false;
    response->state = entry.read.uid.len ? repository_certificate_state_of(&entry, request->state)
                                         : value_null(request->state.type);
    return true;
}

/* "NAMESPACE/ssh/SERVER" or "NAMESPACE/tls/SERVER" */
static bool repository_certificate_import(const Call *call, const ImportRequest *request,
                                          ImportResponse *response, Diags *diags) {
    Str rest = request->id, namespace = STR_EMPTY, sort = STR_EMPTY, server = STR_EMPTY, more;
    bool has_parts = str_next_field(&rest, '/', &namespace) && str_next_field(&rest, '/', &sort) &&
                     str_next_field(&rest, '/', &server) && !str_next_field(&rest, '/', &more);
    bool is_sort = str_equal_cstr(sort, host_keys.name) || str_equal_cstr(sort, certificates.name);
    if (!has_parts || !is_sort || !namespace.len || !server.len)
        return path_error(call, NO_PATH, diags, "Invalid import ID",
                          "\"%.*s\" is not NAMESPACE/ssh/SERVER or NAMESPACE/tls/SERVER, such as "
                          "argocd/ssh/git.example.com.",
                          STR_ARG(request->id));
    ObjectBuilder builder = object_builder_empty(&call->type->schema, call->arena);
    object_builder_set_text(&builder, "id", request->id, call->arena);
    object_builder_set_text(&builder, "namespace", namespace, call->arena);
    object_builder_set_text(&builder, "server_name", server, call->arena);
    response->state = object_builder_value(&builder);
    return true;
}

static bool repository_certificate_recover(const Call *call, const RecoverRequest *request,
                                           RecoverResponse *response, Diags *diags) {
    CertificateCall entry;
    Value known = value_unknown_as_null(request->planned, call->arena);
    if (!repository_certificate_begin(&entry, call, known, value_null(known.type), STR_EMPTY))
        return true;
    if (!object_read(&entry.request, &entry.key, &entry.read, diags))
        return false;
    if (!entry.read.uid.len ||
        !str_equal(repository_certificate_wanted_text(&entry), live_text(&entry)))
        return true;
    response->outcome = RECOVER_COMPLETE;
    response->state =
        object_with_text(known, "id", repository_certificate_id_of(&entry), call->arena);
    response->private_data = repository_certificate_private_data_of(&entry);
    return true;
}

/* One change of a ConfigMap at a time: parallel ones would conflict and be repeated. */
static bool repository_certificate_limits(const Call *call, const LimitsRequest *request,
                                          LimitsResponse *response, Diags *) {
    const EntrySort *sort = repository_certificate_sort_of(request->object);
    if (!sort)
        return true;
    Limit limit = {
        .key = str_format(call->arena, "argocd %s %.*s", sort->name,
                          STR_ARG(repository_certificate_namespace_of(request->object))),
        .capacity = 1,
    };
    vec_push(call->arena, &response->limits, limit);
    return true;
}

/* An entry that becomes the other sort (host keys, certificate) moves to another ConfigMap. */
static bool changes_config_map(Value prior, Value planned) {
    return value_is_null(prior) != value_is_null(planned);
}

static const Attribute repository_certificate_attributes[] = {
    {"id", &TYPE_STRING, COMPUTED, "ID of the entries, as imports have it."},
    {"namespace", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW, "Namespace of Argo CD.",
     .default_json = "\"argocd\""},
    {"server_name", &TYPE_STRING, REQUIRED | FORCES_NEW,
     "Name of the git server, as in URLs. For ssh with a port other than 22: "
     "\"[git.example.com]:2222\"."},
    {"ssh_host_keys", &TYPE_SET_OF_STRING, OPTIONAL,
     "Host keys of the server, one of each type, such as \"ssh-ed25519 AAAA…\".",
     .check = argocd_certificate_text_check_keys, .forces_new = changes_config_map},
    {"tls_certificate", &TYPE_STRING, OPTIONAL,
     "Certificates in PEM: of the server, or of its authority.",
     .check = argocd_certificate_text_check_pem, .forces_new = changes_config_map},
    {"force", &TYPE_BOOL, OPTIONAL,
     "Whether to replace entries that others have made or apply (default false)."},
};
static const ArgumentRule repository_certificate_rules[] = {
    {RULE_EXACTLY_ONE, {"ssh_host_keys", "tls_certificate"}},
};
static const UniqueRule unique[] = {
    {"entries", {"id"}},
};

const ResourceType argocd_repository_certificate = {
    .name = "argocd_repository_certificate",
    .schema = {SCHEMA_ATTRIBUTES(repository_certificate_attributes),
               SCHEMA_RULES(repository_certificate_rules),
               .description = "How Argo CD verifies a git server: its host keys or its "
                              "certificates, in a ConfigMap whose other entries stay."},
    .recovery = RECOVERY_FINDS,
    .unique = unique,
    .unique_count = ARRAY_COUNT(unique),
    .validate = repository_certificate_validate,
    .plan = repository_certificate_plan,
    .marker = marker,
    .create = repository_certificate_apply,
    .update = repository_certificate_apply,
    .delete = repository_certificate_delete,
    .read = repository_certificate_read,
    .import = repository_certificate_import,
    .import_id = "NAMESPACE/ssh/SERVER or NAMESPACE/tls/SERVER, such as argocd/ssh/git.example.com",
    .recover = repository_certificate_recover,
    .limits = repository_certificate_limits,
};
