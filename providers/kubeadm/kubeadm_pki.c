/* kubeadm_pki: the certificate authorities of a cluster, created before its first machine. */
#include "kubeadm_provider.h"
#include "object_builder.h"
#include "path_error.h"
#include "pki.h"
#include "pki_client.h"
#include "timestamp.h"

#define HOUR_SECONDS INT64_C(3600)
#define HOURS_MAX    INT64_C(876000) /* a hundred years */

static Str check_hours(Value value, Arena *arena) {
    int64_t hours;
    if (value_to_int(value, &hours) && hours >= 1 && hours <= HOURS_MAX)
        return STR_EMPTY;
    return str_format(arena, "The number of hours must be an integer from 1 to %lld.",
                      (long long)HOURS_MAX);
}

/* clang-format off */
static const Attribute pki_authority[] = {
    {"certificate", &TYPE_STRING, COMPUTED,             "Certificate in PEM."},
    {"key",         &TYPE_STRING, COMPUTED | SENSITIVE, "Private key in PEM."},
};

static const Attribute pki_service_account[] = {
    {"public_key", &TYPE_STRING, COMPUTED,             "Public key in PEM."},
    {"key",        &TYPE_STRING, COMPUTED | SENSITIVE, "Private key in PEM."},
};

static const Attribute pki_attributes[] = {
    {"algorithm",      &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW, "Algorithm of all keys: \"RSA-2048\", \"RSA-3072\", \"RSA-4096\", \"ECDSA-P256\" or \"ECDSA-P384\".", .default_json = "\"ECDSA-P256\"", .one_of = PKI_ALGORITHMS},
    {"validity_hours", &TYPE_NUMBER, OPTIONAL | COMPUTED | FORCES_NEW, "Validity period of the certificate authorities in hours.", .default_json = "87600", .check = check_hours},
    {"allow_unencrypted_state", &TYPE_BOOL, OPTIONAL, "Whether the private keys may be stored in a state without encryption. Unless true, such a state is an error."},
    {"ca",              NULL, COMPUTED, "Certificate authority of the cluster.", .nested = NESTED(NEST_SINGLE, pki_authority)},
    {"etcd_ca",         NULL, COMPUTED, "Certificate authority of etcd.", .nested = NESTED(NEST_SINGLE, pki_authority)},
    {"front_proxy_ca",  NULL, COMPUTED, "Certificate authority of the aggregation layer (front proxy).", .nested = NESTED(NEST_SINGLE, pki_authority)},
    {"service_account", NULL, COMPUTED, "Key pair that signs the tokens of service accounts.", .nested = NESTED(NEST_SINGLE, pki_service_account)},
    {"discovery_hash",  &TYPE_STRING, COMPUTED, "Hash of the public key of the cluster's certificate authority, by which joining nodes verify the cluster: \"sha256:…\"."},
    {"valid_until",     &TYPE_STRING, COMPUTED, "End of the validity of the certificate authorities, in RFC 3339."},
    {"id",              &TYPE_STRING, COMPUTED, "The discovery hash."},
};
/* clang-format on */

static bool pki_plan(const Call *call, const PlanRequest *request, PlanResponse *, Diags *diags) {
    Value allows = object_attribute(request->config, "allow_unencrypted_state");
    if (!call->stores_plain_state || !value_is_known(allows) || value_is_true(allows))
        return true;
    return path_error(call, NO_PATH, diags, "State not encrypted",
                      "This object contains the private keys of a cluster, and the state is "
                      "written without encryption: anyone who reads it controls the cluster. "
                      "Configure an encryption block, or set allow_unencrypted_state = true.");
}

static void kubeadm_pki_describe(ObjectBuilder *builder, PkiSet *set, Arena *arena) {
    int64_t start, end;
    for (size_t i = 0; i < PKI_MEMBER_COUNT; i++) {
        const PkiMember *member = &pki_members[i];
        const PkiPair *pair = pki_set_pair(set, member);
        const Type *type = object_attribute_type(builder->type, member->name);
        ObjectBuilder nested = object_builder_null(type, arena);
        object_builder_set_text(&nested, member->public_name, pair->certificate, arena);
        object_builder_set_text(&nested, "key", pair->key, arena);
        object_builder_set(builder, member->name, object_builder_value(&nested));
    }
    Str hash = pki_discovery_hash(set->ca.certificate, arena);
    CHECK(hash.len && pki_validity(set->ca.certificate, &start, &end));
    object_builder_set_text(builder, "discovery_hash", hash, arena);
    object_builder_set_text(builder, "id", hash, arena);
    object_builder_set_text(builder, "valid_until",
                            timestamp_to_str((Timestamp){.seconds = end}, arena), arena);
}

static bool pki_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                       Diags *diags) {
    const Clock *clock = call->io->clock;
    int64_t now = clock->now_ms(clock->self) / 1000;
    int64_t hours = object_int(request->planned, "validity_hours", 0);
    Str algorithm = object_text(request->planned, "algorithm", STR_EMPTY), problem;
    PkiSet set;
    if (!pki_set_make(algorithm, now - PKI_BACKDATE_SECONDS, now + hours * HOUR_SECONDS, &set,
                      &problem, call->arena))
        return path_error(call, NO_PATH, diags, "Authorities not created", "%.*s.",
                          STR_ARG(problem));
    ObjectBuilder builder = object_builder_of(request->planned, call->arena);
    kubeadm_pki_describe(&builder, &set, call->arena);
    response->state = object_builder_value(&builder);
    return true;
}

/* Only allow_unencrypted_state changes in place, and it needs no action. */
static bool pki_update(const Call *, const ApplyRequest *request, ApplyResponse *response,
                       Diags *) {
    response->state = request->planned;
    return true;
}

static bool read_set(const Call *call, Str directory, PkiSet *out, Diags *diags) {
    const Disk *disk = call->io->disk;
    for (size_t i = 0; i < PKI_FILE_COUNT; i++) {
        Str path = disk_join(directory, str_from_cstr(pki_files[i].path), call->arena);
        int error =
            disk->read_file(disk->self, path, pki_set_text(out, &pki_files[i]), call->arena);
        if (error)
            return path_error(call, NO_PATH, diags, "Authorities not imported",
                              "\"%.*s\": %s. The import ID is a directory with copies of the files "
                              "of /etc/kubernetes/pki.",
                              STR_ARG(path), strerror(-error));
    }
    return true;
}

static Str algorithm_of(const PkiSet *set, Arena *arena) {
    Diags ignored = diags_new(arena);
    SCOPED(KeyRef) key = openssl_pem_read_key(set->ca.key, "", "", &ignored);
    return key ? pki_key_algorithm(key) : STR_EMPTY;
}

/* The import ID is the path of a local directory with the files of /etc/kubernetes/pki. */
static bool pki_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                       Diags *diags) {
    PkiSet set;
    Str problem;
    int64_t start, end;
    if (!read_set(call, request->id, &set, diags))
        return false;
    if (!pki_set_check(&set, &problem, call->arena) ||
        !pki_validity(set.ca.certificate, &start, &end))
        return path_error(call, NO_PATH, diags, "Authorities not imported", "\"%.*s\": %.*s.",
                          STR_ARG(request->id), STR_ARG(problem));
    ObjectBuilder builder = object_builder_empty(&kubeadm_pki.schema, call->arena);
    object_builder_set_text(&builder, "algorithm", algorithm_of(&set, call->arena), call->arena);
    object_builder_set(&builder, "validity_hours", value_int((end - start) / HOUR_SECONDS));
    kubeadm_pki_describe(&builder, &set, call->arena);
    response->state = object_builder_value(&builder);
    return true;
}

const ResourceType kubeadm_pki = {
    .name = "kubeadm_pki",
    .schema = {SCHEMA_ATTRIBUTES(pki_attributes),
               .description =
                   "The certificate authorities of a cluster. They are created before kubeadm "
                   "runs, so that discovery hash and kubeconfig are known in advance. The state "
                   "contains their private keys."},
    .effect = EFFECT_NONE,
    .plan = pki_plan,
    .create = pki_create,
    .update = pki_update,
    .import = pki_import,
    .import_id = "path of a local directory with the files of /etc/kubernetes/pki",
};
