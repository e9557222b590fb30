/* etcd_bucket: names, and requests by s3_client. */
#include "etcd_bucket.h"
#include "aws_settings.h"
#include "digest.h"
#include "etcd_members.h"
#include "s3_place.h"
#include "url.h"

#define BEGINNING "etcd-"
#define HASH      "sha256:"
#define HASH_SIZE 64
#define TIME_SIZE 16 /* 20260131T030000Z */
#define MEMBERS   "x-amz-meta-loam-members"
#define KEYS      "x-amz-meta-loam-encryption"
#define RETRIES   2

/* Checks. The machine's script signs these texts as they are, so they need no encoding. */

Str etcd_bucket_check_name(Value value, Arena *) {
    Str text = value_text(value);
    return text.len && str_has_only(text, "-._")
               ? STR_EMPTY
               : STR("The value must consist of letters, digits, \"-\", \".\" and \"_\".");
}

Str etcd_bucket_check_prefix(Value value, Arena *) {
    Str text = value_text(value);
    bool is_good = text.len && str_has_only(text, "-._/") && text.ptr[0] != '/' &&
                   !str_ends_with(text, STR("/")) && str_find(text, STR("//"), 0) == SIZE_MAX;
    return is_good ? STR_EMPTY
                   : STR("The prefix must consist of letters, digits, \"-\", \".\", \"_\" and "
                         "\"/\", and neither begin nor end with \"/\".");
}

Str etcd_bucket_check_endpoint(Value value, Arena *) {
    Str text = value_text(value);
    Url url;
    bool is_good = url_parse(text, &url) && url.host.len && !url.query.len && !url.fragment.len &&
                   (str_equal(url.scheme, STR("https")) || str_equal(url.scheme, STR("http"))) &&
                   str_has_only(text, ":/-._[]");
    return is_good ? STR_EMPTY
                   : STR("The endpoint must be the URL of a store, such as "
                         "\"https://s3.example.com\".");
}

Str etcd_bucket_check_line(Value value, Arena *) {
    Str text = value_text(value);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] <= ' ' || text.ptr[i] > '~' || text.ptr[i] == '"' || text.ptr[i] == '\\')
            return STR("The value must be one word of printable ASCII characters, without quotes.");
    }
    return text.len ? STR_EMPTY : STR("The value must not be empty.");
}

/* The bucket. */

bool etcd_bucket_is_known(Value given) {
    static const char *const names[] = {"bucket",         "prefix",  "region",          "endpoint",
                                        "use_path_style", "profile", "custom_ca_bundle"};
    if (!value_is_known(given) || !value_is_present(given))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (!value_is_known(object_attribute(given, names[i])))
            return false;
    }
    return true;
}

Str etcd_bucket_open(const Call *call, Value given, Str cluster, EtcdBucket *out) {
    Arena *arena = call->arena;
    AwsOptions options = {0};
    Diags problems = diags_new(arena);
    Str id = str_starts_with(cluster, STR(HASH)) ? str_after(cluster, strlen(HASH)) : cluster;
    *out = (EtcdBucket){.call = call, .client = {.io = call->io, .cancel = &call->cancel}};
    out->directory = str_format(arena, "%.*s/%.*s",
                                STR_ARG(object_text(given, "prefix", STR("etcd"))), STR_ARG(id));
    if (!aws_settings_read(call->io, given, &options, arena, &problems))
        return problems.items[0].detail;
    options.transport.retries = RETRIES;
    out->ca_certs = options.transport.ca_certs;
    S3Settings *settings = &out->client.settings;
    settings->session = aws_session_open(call->io, &options, arena);
    settings->region = object_text(given, "region", STR_EMPTY);
    settings->retries = RETRIES;
    return s3_place_read(given, settings, arena) ? STR_EMPTY
                                                 : STR("\"endpoint\" is no URL of a store");
}

void etcd_bucket_close(EtcdBucket *bucket) {
    aws_session_close(bucket->client.settings.session);
    bucket->client.settings.session = NULL;
}

/* Names. */

/* 20260131T030000Z → 2026-01-31T03:00:00Z */
static Str long_time(Str text, Arena *arena) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i], wanted = i == 8 ? 'T' : i == 15 ? 'Z' : '0';
        if (wanted == '0' ? c < '0' || c > '9' : c != wanted)
            return STR_EMPTY;
    }
    return str_format(arena, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", text.ptr, text.ptr + 4, text.ptr + 6,
                      text.ptr + 9, text.ptr + 11, text.ptr + 13);
}

static Str dashes(Str text, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < text.len; i++)
        strbuf_add_char(&out, text.ptr[i] == '_' ? '-' : text.ptr[i]);
    return strbuf_str(&out);
}

bool etcd_bucket_parse(Str key, EtcdSnapshot *out, Arena *arena) {
    size_t slash = str_rfind_char(key, '/');
    Str name = slash == SIZE_MAX ? key : str_after(key, slash + 1);
    Str before = str_slice(key, 0, slash == SIZE_MAX ? 0 : slash);
    size_t parent = str_rfind_char(before, '/');
    Str directory = parent == SIZE_MAX ? before : str_after(before, parent + 1);
    if (!str_starts_with(name, STR(BEGINNING)) || !str_ends_with(name, STR(".cms")))
        return false;
    Str rest = str_after(name, strlen(BEGINNING));
    size_t version = str_find_char(rest, '-', 0);
    if (version == SIZE_MAX || rest.len < version + 1 + TIME_SIZE + 1 ||
        rest.ptr[version + 1 + TIME_SIZE] != '-')
        return false;
    Str time = long_time(str_slice(rest, version + 1, version + 1 + TIME_SIZE), arena);
    *out = (EtcdSnapshot){
        .id = str_slice(digest_hex(DIGEST_SHA256, name, arena), 0, ETCD_SNAPSHOT_ID_LENGTH),
        .cluster = directory.len == HASH_SIZE ? str_concat(STR(HASH), directory, arena) : STR_EMPTY,
        .kubernetes_version =
            str_concat(STR("v"), dashes(str_slice(rest, 0, version), arena), arena),
        .taken_at = time,
    };
    return time.len > 0;
}

/* Requests. */

Str etcd_bucket_find_ends(const EtcdBucket *bucket, Str node, EtcdBucketEnds *out) {
    Arena *arena = bucket->call->arena;
    Str prefix = str_concat(bucket->directory, STR("/etcd-"), arena), problem = STR_EMPTY;
    Str newest = STR_EMPTY, oldest = STR_EMPTY;
    Str end = str_format(arena, "Z-%.*s.cms", STR_ARG(node));
    StrVec keys = {0};
    *out = (EtcdBucketEnds){0};
    if (s3_client_list(&bucket->client, prefix, &keys, &problem, arena) != S3_DONE)
        return str_format(arena, "the bucket \"%.*s\" does not list its objects: %.*s",
                          STR_ARG(bucket->client.settings.bucket), STR_ARG(problem));
    vec_each(&keys, item) {
        EtcdSnapshot found;
        if (!etcd_bucket_parse(*item, &found, arena) || (node.len && !str_ends_with(*item, end)))
            continue;
        if (str_compare(found.taken_at, newest) > 0) {
            newest = found.taken_at;
            out->newest = *item;
        }
        if (!oldest.len || str_compare(found.taken_at, oldest) < 0) {
            oldest = found.taken_at;
            out->oldest = *item;
        }
    }
    return STR_EMPTY;
}

static Str look_problem(const EtcdBucket *bucket, S3Status status, Str key, Str problem) {
    return str_format(bucket->call->arena, "the object \"%.*s\" of the bucket \"%.*s\" %s%.*s",
                      STR_ARG(key), STR_ARG(bucket->client.settings.bucket),
                      status == S3_ABSENT ? "does not exist" : "cannot be read: ",
                      STR_ARG(status == S3_ABSENT ? STR_EMPTY : problem));
}

/* "https://10.0.0.1:2379,https://b:2379 https://c:2379" */
static void read_members(Str text, StrVec *out, Arena *arena) {
    Str part, url;
    while (str_next_field(&text, ' ', &part)) {
        while (str_next_field(&part, ',', &url)) {
            if (str_starts_with(url, STR("https://")))
                vec_push(arena, out, etcd_members_host(str_clone(url, arena)));
        }
    }
}

Str etcd_bucket_look(const EtcdBucket *bucket, Str key, EtcdSnapshot *out) {
    Arena *arena = bucket->call->arena;
    HttpResponse response = {0};
    Str problem = STR_EMPTY;
    if (!etcd_bucket_parse(key, out, arena))
        return str_format(arena,
                          "\"%.*s\" is no name of a snapshot, as the schedule of "
                          "kubeadm_etcd_snapshot writes it",
                          STR_ARG(key));
    S3Status status = s3_client_look(&bucket->client, key, &response, &problem, arena);
    if (status != S3_DONE)
        return look_problem(bucket, status, key, problem);
    if (!str_to_uint64(http_header(&response, "content-length"), &out->size))
        out->size = 0;
    read_members(http_header(&response, MEMBERS), &out->members, arena);
    out->keys = snapshot_keys_parse(str_clone(http_header(&response, KEYS), arena), arena);
    return STR_EMPTY;
}

Str etcd_bucket_fetch(const EtcdBucket *bucket, Str key, Str path) {
    Str problem = STR_EMPTY;
    S3Status status = s3_client_fetch(&bucket->client, key, path, &problem, bucket->call->arena);
    return status == S3_DONE ? STR_EMPTY : look_problem(bucket, status, key, problem);
}
