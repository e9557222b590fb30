/* kubeadm_restore: checks, upload, and the Nodes that no machine has any more. */
#include "kubeadm_restore.h"
#include "digest.h"
#include "hex.h"
#include "kube_object.h"
#include "log.h"
#include "node_object.h"
#include "path_error.h"
#include "remote_script.h"
#include "sealed_file.h"

#define DIRECTORY    "/var/lib/loam/restore"
#define DATA_DEFAULT "/var/lib/etcd"
#define KUBELET_PORT 10250
#define LOOK_MS      INT64_C(5000)
#define COPIES       3 /* tries */

#define PIECE_BYTES ((size_t)1 << 20)
#define TRAILER     32 /* SHA-256 of the other bytes */
#define PAGE        512
#define ID_LENGTH   32

/* clang-format off */
static const Attribute arguments[] = {
    {"path",       &TYPE_STRING, REQUIRED, "Path of a file that kubeadm_etcd_snapshot has written, or of a plain snapshot of etcdctl, such as those of its schedule. A plain one does not say of which cluster it is."},
    {"passphrase", &TYPE_STRING, OPTIONAL | SENSITIVE | WRITE_ONLY, "Passphrase of an encrypted file. Neither plan nor state contains it.", .check = sealed_file_check_passphrase},
};
/* clang-format on */

const NestedObject kubeadm_restore_argument = {NESTED_OBJECT(NEST_SINGLE, arguments)};

/* A snapshot of etcd in a file: a sealed one (sealed_file.h), or a plain one of etcdctl, such as
 * those of an etcd_schedule.
 *
 * A plain file does not say of which cluster it is. Its last 32 bytes are the SHA-256 of the
 * others, so that a file whose copy broke off is not taken as whole. The functions return an empty
 * text, or the end of a sentence that says why they failed. */

typedef struct SnapshotFile {
    Arena *arena;
    const Disk *disk;
    SealedReader *sealed; /* NULL: a plain file */
    DiskFile file;
    uint64_t size;
    uint64_t at;
    char *buffer;
} SnapshotFile;

static Str snapshot_file_explain(const char *action, int error, Arena *arena) {
    return str_format(arena, "%s it: %s", action, strerror(-error));
}

static Str file_read_piece(SnapshotFile *file, Str *out, Arena *arena) {
    uint64_t left = file->size - file->at;
    size_t size = left < PIECE_BYTES ? (size_t)left : PIECE_BYTES, got;
    int error = file->disk->read(file->disk->self, file->file, file->at, file->buffer, size, &got);
    if (error || got != size)
        return error ? snapshot_file_explain("cannot read", error, arena)
                     : STR("it became shorter");
    file->at += size;
    *out = (Str){file->buffer, size};
    return STR_EMPTY;
}

/* Reads the whole file; a piece may have a part of the trailer. */
static Str check_plain(SnapshotFile *file, EtcdSnapshot *head, Arena *arena) {
    Digest *whole = digest_open(DIGEST_SHA256), *body = digest_open(DIGEST_SHA256);
    uint64_t body_size = file->size - TRAILER;
    StrBuf trailer = strbuf_new(arena);
    Str piece, problem = STR_EMPTY;
    while (!problem.len && file->at < file->size) {
        uint64_t start = file->at;
        problem = file_read_piece(file, &piece, arena);
        if (problem.len)
            break;
        uint64_t left = start < body_size ? body_size - start : 0;
        size_t part = left < piece.len ? (size_t)left : piece.len;
        digest_update(whole, piece);
        digest_update(body, str_slice(piece, 0, part));
        strbuf_add(&trailer, str_after(piece, part));
    }
    file->at = 0;
    Str found = digest_finish(body, arena);
    head->digest = str_concat(STR("sha256:"), digest_finish(whole, arena), arena);
    head->size = file->size;
    head->id = str_slice(found, 0, ID_LENGTH);
    if (problem.len || str_equal(found, hex_encode(strbuf_str(&trailer), arena)))
        return problem;
    return STR("it is not whole: its end is missing, or it was changed");
}

/* `problem` is why the file is not a sealed one. */
static Str open_plain(SnapshotFile *file, Str path, Str problem, EtcdSnapshot *head, Arena *arena) {
    int error = file->disk->open(file->disk->self, path, DISK_READ, 0, &file->file);
    if (!error)
        error = file->disk->size(file->disk->self, file->file, &file->size);
    if (error)
        return snapshot_file_explain("cannot open", error, arena);
    if (file->size <= TRAILER || file->size % PAGE != TRAILER)
        return str_format(arena, "%.*s, and not a whole snapshot of etcdctl", STR_ARG(problem));
    file->buffer = arena_alloc(file->arena, PIECE_BYTES);
    return check_plain(file, head, arena);
}

/* Reads the description; needs no passphrase. Of a plain file, which is read wholly, *head has only
 * `id`, `size` and `digest`. The caller closes *out, also after a failure. */
static Str snapshot_file_open(const Disk *disk, Str path, SnapshotFile **out, EtcdSnapshot *head,
                              Arena *arena) {
    Arena *own = arena_open("snapshot file");
    SnapshotFile *file = *out = arena_new(own, SnapshotFile);
    *file = (SnapshotFile){.arena = own, .disk = disk};
    *head = (EtcdSnapshot){0};
    Str problem = sealed_reader_open(disk, path, &file->sealed, arena);
    if (!problem.len)
        return etcd_snapshot_parse(str_clone(sealed_reader_head(file->sealed), arena), head, arena)
                   ? STR_EMPTY
                   : STR("it is not a snapshot of etcd");
    sealed_reader_close(file->sealed);
    file->sealed = NULL;
    return disk_exists(disk, path) ? open_plain(file, path, problem, head, arena) : problem;
}

/* Call before the first piece. A plain file needs no passphrase. */
static Str snapshot_file_unlock(SnapshotFile *file, Str passphrase, Arena *arena) {
    if (!file->sealed)
        return STR_EMPTY;
    return passphrase.len ? sealed_reader_unlock(file->sealed, passphrase, arena)
                          : STR("it is encrypted, and \"passphrase\" is not set");
}

/* As sealed_reader_next. */
static Str snapshot_file_next(SnapshotFile *file, Str *out, bool *is_end, Arena *arena) {
    if (file->sealed)
        return sealed_reader_next(file->sealed, out, is_end, arena);
    *out = STR_EMPTY;
    *is_end = file->at == file->size;
    return *is_end ? STR_EMPTY : file_read_piece(file, out, arena);
}

static void snapshot_file_close(SnapshotFile *file) {
    sealed_reader_close(file->sealed);
    if (file->file.handle)
        file->disk->close(file->disk->self, file->file);
    arena_close(file->arena);
}

static bool kubeadm_restore_reject(const Call *call, Str path, Str problem, Diags *diags) {
    return path_error(call, PATH_AT(call, {"restore"}, {"path"}), diags, "Snapshot not usable",
                      "\"%.*s\" cannot be restored: %.*s.", STR_ARG(path), STR_ARG(problem));
}

static Str kubeadm_restore_read_head(const Call *call, Str path, EtcdSnapshot *out) {
    SnapshotFile *file;
    Str problem = snapshot_file_open(call->io->disk, path, &file, out, call->arena);
    snapshot_file_close(file);
    return problem;
}

/* An unknown certificate or version is checked by the apply. */
static Str kubeadm_restore_check_cluster(Value object, const EtcdSnapshot *snapshot, Arena *arena) {
    Str ca = node_pki_read(object, "pki", arena).ca.certificate;
    Str hash = ca.len ? pki_discovery_hash(ca, arena) : STR_EMPTY;
    KubeVersion taken, wanted;
    if (!snapshot->cluster.len) /* a plain file */
        return STR_EMPTY;
    if (hash.len && !str_equal(hash, snapshot->cluster))
        return str_format(arena,
                          "it is of the cluster %.*s, but \"pki\" has the certificate authority "
                          "%.*s. Give the kubeadm_pki of the former cluster",
                          STR_ARG(snapshot->cluster), STR_ARG(hash));
    if (!kube_version_parse(object_text(object, "kubernetes_version", STR_EMPTY), &wanted))
        return STR_EMPTY;
    bool is_same = kube_version_parse(snapshot->kubernetes_version, &taken) &&
                   taken.major == wanted.major && taken.minor == wanted.minor;
    return is_same ? STR_EMPTY
                   : str_format(arena,
                                "it was taken with Kubernetes %.*s. Restore it with the same minor "
                                "version, then upgrade",
                                STR_ARG(snapshot->kubernetes_version));
}

static bool has_external_etcd(Value object, Arena *arena) {
    Value cluster = object_nested(object, "cluster", arena);
    return object_has(object_nested(cluster, "etcd", arena), "external");
}

bool kubeadm_restore_check(const Call *call, Value object, EtcdSnapshot *out, Diags *diags) {
    Str path = object_text(object_nested(object, "restore", call->arena), "path", STR_EMPTY);
    *out = (EtcdSnapshot){0};
    if (has_external_etcd(object, call->arena))
        return path_error(call, PATH_AT(call, {"restore"}), diags, "External etcd",
                          "loam restores only the etcd that kubeadm runs. Restore the external "
                          "etcd yourself, and remove this argument.");
    if (!path.len)
        return true;
    Str problem = kubeadm_restore_read_head(call, path, out);
    if (!problem.len)
        problem = kubeadm_restore_check_cluster(object, out, call->arena);
    if (problem.len)
        return kubeadm_restore_reject(call, path, problem, diags);
    if (!out->cluster.len)
        path_warning(call, PATH_AT(call, {"restore"}, {"path"}), diags,
                     "Snapshot without a cluster",
                     "\"%.*s\" does not say of which cluster and version it is. It must be of the "
                     "cluster of \"pki\", and of this minor version of Kubernetes; no former "
                     "control plane may run.",
                     STR_ARG(path));
    return true;
}

/* Clusters that still run. */

static bool report_alive(const Call *call, Str host, Diags *diags) {
    return path_error(call, PATH_AT(call, {"restore"}), diags, "The cluster still runs",
                      "%.*s is a control plane that responds. A restored cluster beside it would "
                      "have the same names and keys with other data. Remove this argument, or stop "
                      "and reset all former control planes first.",
                      STR_ARG(host));
}

static bool read_restored(SshLink *link, Str *out, Diags *diags) {
    SshResult result;
    if (!remote_script_run(link, (RemoteScript){"cat /etc/loam/restored 2>/dev/null; true"},
                           &result, diags))
        return false;
    *out = str_trim(result.out);
    return true;
}

bool kubeadm_restore_check_lost(const Call *call, Value object, const EtcdSnapshot *snapshot,
                                Diags *diags) {
    SCOPED(SshLink) link = {0};
    SCOPED(ClusterApi) api = {0};
    KubeadmNode node;
    Diags ignored = diags_new(call->arena);
    Str restored;
    if (!kubeadm_node_open(call, object, object_text(object, "id", STR_EMPTY), &link, &node, diags))
        return false;
    ssh_client_limit_to_plan(&link);
    if (!read_restored(&link, &restored, &ignored) || str_equal(restored, snapshot->id) ||
        !kubeadm_node_api(&node, &api, &ignored) || !cluster_api_is_ready(&api))
        return true;
    return report_alive(call, node.endpoint, diags);
}

bool kubeadm_restore_check_done(const KubeadmNode *node, const EtcdSnapshot *snapshot,
                                Diags *diags) {
    Str restored;
    return read_restored(node->link, &restored, diags) &&
           (str_equal(restored, snapshot->id) ||
            report_alive(node->call, node->link->target.host, diags));
}

static int kubeadm_restore_discard(void *, Str) {
    return 0;
}

/* etcd reports its version also without a quorum. */
static bool check_members(const KubeadmNode *node, const EtcdSnapshot *snapshot, Diags *diags) {
    EtcdGateway etcd;
    HttpSink sink = {.write = kubeadm_restore_discard};
    if (!etcd_gateway_open(node->call, node->link, node->address, &node->pki.etcd_ca, &etcd, diags))
        return false;
    vec_each(&snapshot->members, member) {
        EtcdRequest request = {.host = *member, .path = "/version", .timeout_ms = LOOK_MS};
        if (!etcd_gateway_send(&etcd, &request, &sink).len)
            return report_alive(node->call, *member, diags);
    }
    return true;
}

/* The upload. */

typedef struct Upload {
    SnapshotFile *file;
    Arena *arena;
    Str piece; /* not sent yet */
    uint64_t size;
    Str problem;
} Upload;

static int64_t feed(void *payload, char *buffer, size_t size) {
    Upload *upload = payload;
    bool is_end = false;
    while (!upload->piece.len && !is_end && !upload->problem.len)
        upload->problem = snapshot_file_next(upload->file, &upload->piece, &is_end, upload->arena);
    if (upload->problem.len || is_end)
        return -1;
    Str part = str_slice(upload->piece, 0, size);
    memcpy(buffer, part.ptr, part.len);
    upload->piece = str_after(upload->piece, part.len);
    upload->size += part.len;
    return (int64_t)part.len;
}

static const char receive_script[] = "umask 077; mkdir -p \"${1%/*}\" && chmod 700 \"${1%/*}\" && "
                                     "cat >\"$1\" && wc -c <\"$1\"";

typedef enum Sent { SENT_WHOLE, SENT_PART, SENT_FAILED } Sent;

/* SENT_PART: the connection broke, or the machine has another size. Adds an error then only if it
 * is the last try. */
static Sent kubeadm_restore_send(SshLink *link, Str path, Upload *upload, bool is_last,
                                 Diags *diags) {
    Arena *arena = link->call->arena;
    SshCommand command = {
        .command = ssh_client_script(receive_script, &path, 1, arena),
        .timeout = ssh_client_timeout(link, CANCEL_NOW),
        .feed = feed,
        .payload = upload,
    };
    SshResult result;
    SshProblem problem = {0};
    uint64_t size = 0;
    SshStatus status = ssh_client_exec(link, &command, &result, &problem);
    if (upload->problem.len)
        return SENT_FAILED;
    if (status == SSH_LOST && !is_last)
        return SENT_PART;
    if (status != SSH_DONE) {
        ssh_client_report(link, status, problem, diags);
        return SENT_FAILED;
    }
    bool has_size = result.exit_status == 0 && str_to_uint64(str_trim(result.out), &size);
    if (has_size && size == upload->size)
        return SENT_WHOLE;
    if (has_size && !is_last)
        return SENT_PART;
    (void)remote_script_report(link, "Snapshot not copied", &result, diags);
    return SENT_FAILED;
}

/* A copy that stays is removed by the next attempt, and by the reset of the machine. */
static void remove_copy(SshLink *link) {
    Diags ignored = diags_new(link->call->arena);
    SshResult result;
    if (!remote_script_run(link, (RemoteScript){"rm -rf " DIRECTORY}, &result, &ignored))
        log_debug("restore: the copy of the snapshot was not removed");
}

static Sent copy_once(const KubeadmNode *node, Value restore, Str path, bool is_last,
                      Diags *diags) {
    const Call *call = node->call;
    Str file = object_text(restore, "path", STR_EMPTY);
    EtcdSnapshot head;
    Upload upload = {.arena = call->arena};
    Sent sent = SENT_FAILED;
    upload.problem = snapshot_file_open(call->io->disk, file, &upload.file, &head, call->arena);
    if (!upload.problem.len)
        upload.problem = snapshot_file_unlock(
            upload.file, object_text(restore, "passphrase", STR_EMPTY), call->arena);
    bool is_begun = !upload.problem.len;
    if (is_begun)
        sent = kubeadm_restore_send(node->link, path, &upload, is_last, diags);
    snapshot_file_close(upload.file);
    if (sent != SENT_WHOLE && is_begun)
        remove_copy(node->link);
    if (upload.problem.len)
        (void)kubeadm_restore_reject(call, file, upload.problem, diags);
    return sent;
}

/* A copy that broke off begins again. */
static bool kubeadm_restore_copy(const KubeadmNode *node, Value restore, Str path, Diags *diags) {
    Sent sent = SENT_PART;
    for (int left = COPIES; sent == SENT_PART && left > 0; left--) {
        if (call_is_cancelled(node->call))
            left = 1; /* reports the interruption */
        sent = copy_once(node, restore, path, left == 1, diags);
    }
    return sent == SENT_WHOLE;
}

static Str advertised(const KubeadmNode *node, Arena *arena) {
    Value init = object_nested(node->object, "init", arena);
    Value endpoint = object_nested(init, "local_api_endpoint", arena);
    return object_text(endpoint, "advertise_address", node->address);
}

bool kubeadm_restore_begin(const KubeadmNode *node, Value config, const EtcdSnapshot *snapshot,
                           KubeadmRestore *out, Diags *diags) {
    Arena *arena = node->call->arena;
    Value restore = object_nested(config, "restore", arena);
    Value etcd = object_nested(object_nested(node->object, "cluster", arena), "etcd", arena);
    *out = (KubeadmRestore){
        .path = str_format(arena, DIRECTORY "/%.*s.db", STR_ARG(snapshot->id)),
        .id = snapshot->id,
        .name = node->name,
        .peer_url =
            str_concat(STR("https://"), ssh_endpoint(advertised(node, arena), 2380, arena), arena),
        .data_directory =
            object_text(object_nested(etcd, "local", arena), "data_dir", STR(DATA_DEFAULT)),
    };
    return check_members(node, snapshot, diags) &&
           kubeadm_restore_copy(node, restore, out->path, diags);
}

/* Nodes of lost machines. */

/* A kubelet responds with a certificate of its own, so any handshake counts. */
static bool has_kubelet(const KubeadmNode *node, Str address) {
    const Call *call = node->call;
    const Http *http = call->io->http;
    Diags ignored = diags_new(call->arena);
    uint16_t port;
    if (!ssh_client_tunnel(node->link, address, KUBELET_PORT, &port, &ignored))
        return true;
    HttpRequest request = {
        .url = str_format(call->arena, "https://127.0.0.1:%u/", port),
        .no_proxy = STR("127.0.0.1"),
        .skip_verify = true,
        .only_connects = true,
        .connect_timeout_ms = LOOK_MS,
        .timeout_ms = LOOK_MS,
        .cancel = call->cancel,
        .cancel_at = CANCEL_NOW,
    };
    HttpSink sink = {.write = kubeadm_restore_discard};
    HttpResponse response = {0};
    Str problem;
    HttpStatus status =
        http->attempt(http->self, &request, &sink, &response, &problem, call->arena);
    return status == HTTP_DONE || status == HTTP_CANCELLED;
}

static bool delete_lost(const KubeadmNode *node, const ClusterApi *api, Diags *diags) {
    Value items;
    if (!node_object_list(api, &items, diags))
        return false;
    for (size_t i = 0; i < items.count; i++) {
        Str name = kube_object_text(value_at(items, i), "metadata", "name");
        Str address = node_object_address(value_at(items, i));
        if (str_equal(name, node->name) || (address.len && has_kubelet(node, address)))
            continue;
        if (call_is_cancelled(node->call) || !node_object_delete(api, name, diags))
            return false;
    }
    return true;
}

bool kubeadm_restore_finish(const KubeadmNode *node, const ClusterApi *api, Diags *diags) {
    SshResult result;
    Str restored;
    if (!read_restored(node->link, &restored, diags))
        return false;
    if (!restored.len)
        return true;
    return delete_lost(node, api, diags) &&
           remote_script_run(node->link, (RemoteScript){"rm -f /etc/loam/restored"}, &result,
                             diags);
}
