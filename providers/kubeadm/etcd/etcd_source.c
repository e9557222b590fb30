/* etcd_source: opens, downloads and uploads a snapshot. */
#include "etcd_source.h"
#include "cms_reader.h"
#include "log.h"
#include "path_error.h"
#include "remote_script.h"
#include "sealed_file.h"
#include "snapshot_file.h"
#include "uuid.h"

#define LATEST    "latest"
#define COPIES    3 /* tries */
#define PLAIN_END ".db"

/* clang-format off */
#define BUCKET_ROWS(secret)                                                                        \
    ETCD_BUCKET_ATTRIBUTES(OPTIONAL, secret, "loam, which needs the permissions s3:ListBucket and s3:GetObject (default: the usual sources of AWS)."), \
    {"key",         &TYPE_STRING, OPTIONAL | COMPUTED, "Name of the object; \"latest\" is the newest one of the cluster of \"pki\".", .default_json = "\"" LATEST "\""}, \
    {"private_key", &TYPE_STRING, OPTIONAL | SENSITIVE | (secret), "Private key of the certificate for which the snapshot is encrypted, in PEM.", .check = cms_reader_check_key}
#define ROWS(secret, bucket)                                                                       \
    {"path",       &TYPE_STRING, OPTIONAL, "Path of a file that kubeadm_etcd_snapshot has written, of an object of its bucket under its name (….cms), or of a plain snapshot of etcdctl, such as those of its schedule. A plain one does not say of which cluster it is."}, \
    {"passphrase", &TYPE_STRING, OPTIONAL | SENSITIVE | (secret), "Passphrase of an encrypted file.", .check = sealed_file_check_passphrase}, \
    {"private_key", &TYPE_STRING, OPTIONAL | SENSITIVE | (secret), "Private key for a file ….cms, in PEM.", .check = cms_reader_check_key}, \
    {"s3",         NULL,         OPTIONAL, "Object of a bucket, which a machine has written.", .nested = NESTED(NEST_SINGLE, bucket)}

static const Attribute bucket_rows[] = {BUCKET_ROWS(WRITE_ONLY)};
static const Attribute rows[] = {ROWS(WRITE_ONLY, bucket_rows)};
static const Attribute action_bucket_rows[] = {BUCKET_ROWS(0)};
static const Attribute action_rows[] = {ROWS(0, action_bucket_rows)};
/* clang-format on */

static const ArgumentRule rules[] = {
    {RULE_EXACTLY_ONE, {"path", "s3"}},
    {RULE_CONFLICTS, {"passphrase", "private_key", "s3"}},
};

const NestedObject etcd_source_argument = {NESTED_OBJECT(NEST_SINGLE, rows, SCHEMA_RULES(rules))};
const NestedObject etcd_source_of_action = {
    NESTED_OBJECT(NEST_SINGLE, action_rows, SCHEMA_RULES(rules))};

bool etcd_source_reject(const EtcdSource *source, Str problem, Diags *diags) {
    const Call *call = source->call;
    const char *part = object_has(source->given, "s3") ? "s3" : "path";
    return path_error(call, PATH_AT(call, {source->argument}, {part}), diags, "Snapshot not usable",
                      "\"%.*s\" cannot be restored: %.*s.", STR_ARG(source->name),
                      STR_ARG(problem));
}

/* The description. */

static bool is_message(Str path) {
    return str_ends_with(path, STR(".cms"));
}

/* Its name describes it, as that of the object; the content is read when it is copied. */
static Str look_at_message(EtcdSource *source) {
    Arena *arena = source->call->arena;
    if (!disk_exists(source->call->io->disk, source->name))
        return STR("No such file or directory");
    return etcd_bucket_parse(source->name, &source->head, arena)
               ? STR_EMPTY
               : STR("its name is none of a snapshot in a bucket: etcd-VERSION-TIME-NODE.cms");
}

/* A schedule writes the record of keys beside a plain snapshot: FILE.keys for FILE.db. */
static void look_beside(EtcdSource *source) {
    const Disk *disk = source->call->io->disk;
    Arena *arena = source->call->arena;
    Str path = source->name, text;
    if (!str_ends_with(path, STR(PLAIN_END)))
        return;
    path = str_concat(str_slice(path, 0, path.len - strlen(PLAIN_END)), STR(".keys"), arena);
    if (disk->read_file(disk->self, path, &text, arena) == 0)
        source->head.keys = snapshot_keys_parse(text, arena);
}

static Str look_at_file(EtcdSource *source) {
    SnapshotFile *file;
    if (is_message(source->name))
        return look_at_message(source);
    Str problem = snapshot_file_open(source->call->io->disk, source->name, &file, &source->head,
                                     source->call->arena);
    snapshot_file_close(file);
    if (!problem.len && !source->head.cluster.len)
        look_beside(source);
    return problem;
}

/* A key without a directory is a name in that of the cluster. */
static Str choose_key(EtcdSource *source, Str key) {
    Arena *arena = source->call->arena;
    const EtcdBucket *bucket = &source->bucket;
    Str directory = bucket->directory;
    source->is_newest = str_equal(key, STR(LATEST));
    if (!source->is_newest) {
        source->key = str_find_char(key, '/', 0) != SIZE_MAX
                          ? key
                          : str_format(arena, "%.*s/%.*s", STR_ARG(directory), STR_ARG(key));
        return STR_EMPTY;
    }
    EtcdBucketEnds ends;
    Str problem = etcd_bucket_find_ends(bucket, STR_EMPTY, &ends);
    source->key = ends.newest;
    if (problem.len || source->key.len)
        return problem;
    return str_format(arena, "the bucket has no snapshot of this cluster below \"%.*s/\"",
                      STR_ARG(directory));
}

static Str look_at_object(EtcdSource *source, Value given, Str cluster) {
    Arena *arena = source->call->arena;
    Str bucket = object_text(given, "bucket", STR_EMPTY);
    Str key = object_text(given, "key", STR(LATEST));
    source->name = str_format(arena, "s3://%.*s/%.*s", STR_ARG(bucket), STR_ARG(key));
    Str problem = etcd_bucket_open(source->call, given, cluster, &source->bucket);
    if (!problem.len)
        problem = choose_key(source, key);
    if (problem.len)
        return problem;
    source->name = str_format(arena, "s3://%.*s/%.*s", STR_ARG(bucket), STR_ARG(source->key));
    return etcd_bucket_look(&source->bucket, source->key, &source->head);
}

bool etcd_source_open(const Call *call, const char *argument, Value object, Str cluster,
                      EtcdSource *out, Diags *diags) {
    Value given = object_nested(object, argument, call->arena);
    Value bucket = object_attribute(given, "s3");
    *out = (EtcdSource){.call = call, .argument = argument, .given = given};
    out->name = object_text(given, "path", STR_EMPTY);
    Str problem = STR_EMPTY;
    if (out->name.len)
        problem = look_at_file(out);
    else if (cluster.len && etcd_bucket_is_known(bucket) &&
             value_is_known(object_attribute(bucket, "key")))
        problem = look_at_object(out, bucket, cluster);
    return !problem.len || etcd_source_reject(out, problem, diags);
}

/* The file. */

/* The name is random: others can write the directory of temporary files. */
static Str download(EtcdSource *source) {
    const Call *call = source->call;
    Str directory = process_variable(call->io->process, "TMPDIR");
    if (source->download.len)
        return STR_EMPTY;
    source->download =
        str_format(call->arena, "%.*s/loam-snapshot-%.*s",
                   STR_ARG(directory.len ? directory : STR("/tmp")), STR_ARG(uuid_v4(call->arena)));
    return etcd_bucket_fetch(&source->bucket, source->key, source->download);
}

static Str open_file(EtcdSource *source, SnapshotFile **out) {
    const Disk *disk = source->call->io->disk;
    Arena *arena = source->call->arena;
    EtcdSnapshot head;
    *out = NULL;
    Str path = object_text(source->given, "path", STR_EMPTY);
    if (!source->key.len && !is_message(path)) {
        Str problem = snapshot_file_open(disk, path, out, &head, arena);
        return problem.len ? problem
                           : snapshot_file_unlock(
                                 *out, object_text(source->given, "passphrase", STR_EMPTY), arena);
    }
    Value given = source->key.len ? object_nested(source->given, "s3", arena) : source->given;
    Str key = object_text(given, "private_key", STR_EMPTY);
    if (!key.len)
        return STR("it is encrypted, and \"private_key\" is not set");
    Str problem = source->key.len ? download(source) : STR_EMPTY;
    if (source->key.len)
        path = source->download;
    return problem.len ? problem : snapshot_file_open_message(disk, path, key, out, arena);
}

void etcd_source_close(EtcdSource *source) {
    const Disk *disk = source->call ? source->call->io->disk : NULL;
    etcd_bucket_close(&source->bucket);
    if (source->download.len)
        (void)disk->remove(disk->self, source->download);
    source->download = STR_EMPTY;
}

/* The upload to the machine. */

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
static Sent source_send(SshLink *link, Str path, Upload *upload, bool is_last, Diags *diags) {
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
static void remove_copy(SshLink *link, Str path) {
    Diags ignored = diags_new(link->call->arena);
    SshResult result;
    RemoteScript script = {.text = "rm -rf \"${1%/*}\"", .argument = &path};
    if (!remote_script_run(link, script, &result, &ignored))
        log_debug("snapshot: the copy was not removed");
}

static Sent copy_once(EtcdSource *source, SshLink *link, Str path, bool is_last, Diags *diags) {
    Upload upload = {.arena = source->call->arena};
    Sent sent = SENT_FAILED;
    upload.problem = open_file(source, &upload.file);
    bool is_begun = !upload.problem.len;
    if (is_begun)
        sent = source_send(link, path, &upload, is_last, diags);
    snapshot_file_close(upload.file);
    if (sent != SENT_WHOLE && is_begun)
        remove_copy(link, path);
    if (upload.problem.len)
        (void)etcd_source_reject(source, upload.problem, diags);
    return sent;
}

bool etcd_source_copy(EtcdSource *source, SshLink *link, Str path, Diags *diags) {
    Sent sent = SENT_PART;
    for (int left = COPIES; sent == SENT_PART && left > 0; left--) {
        if (call_is_cancelled(source->call))
            left = 1; /* reports the interruption */
        sent = copy_once(source, link, path, left == 1, diags);
    }
    return sent == SENT_WHOLE;
}
