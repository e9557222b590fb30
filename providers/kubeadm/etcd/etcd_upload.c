/* etcd_upload: settings of the script, and one run of it. */
#include "etcd_upload.h"
#include "base64.h"
#include "kubeadm_etcd_assets.h"
#include "path_error.h"
#include "remote_script.h"

static const char check_script[] =
    "PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin\n"
    "for program in curl openssl flock awk; do\n"
    "  command -v $program >/dev/null || { echo \"the program $program is missing\"; exit 1; }\n"
    "done\n"
    "version=$(openssl version)\n"
    "case $version in *\" \"[012].*) echo \"$version has no AES-GCM for messages: OpenSSL 3 is "
    "needed\"; exit 1 ;; esac\n";

static void add_line(StrBuf *out, const char *name, Str value) {
    if (value.len)
        strbuf_add_format(out, "%s %.*s\n", name, STR_ARG(value));
}

Str etcd_upload_read(const Call *call, Value given, Str cluster, int64_t keep, EtcdUpload *out) {
    Arena *arena = call->arena;
    SCOPED(EtcdBucket) bucket = {0};
    StrBuf settings = strbuf_new(arena), credentials = strbuf_new(arena);
    Str version = object_text(given, "credentials_version", STR_EMPTY);
    Str problem = etcd_bucket_open(call, given, cluster, &bucket);
    if (problem.len)
        return problem;
    add_line(&settings, "base", s3_client_bucket_url(&bucket.client.settings, arena));
    add_line(&settings, "prefix", bucket.directory);
    add_line(&settings, "region", bucket.client.settings.region);
    if (object_bool(given, "allow_delete", false))
        add_line(&settings, "keep", str_format(arena, "%lld", (long long)keep));
    add_line(&settings, "certificate",
             base64_encode(object_text(given, "certificate", STR_EMPTY), arena));
    add_line(&settings, "ca", base64_encode(bucket.ca_certs, arena));
    add_line(&credentials, "access", object_text(given, "access_key", STR_EMPTY));
    add_line(&credentials, "secret", object_text(given, "secret_key", STR_EMPTY));
    add_line(&credentials, "token", object_text(given, "token", STR_EMPTY));
    out->settings = strbuf_str(&settings);
    out->first = str_concat(STR("version "), base64_encode(version, arena), arena);
    out->credentials = strbuf_str(&credentials).len
                           ? str_format(arena, "%.*s\n%.*s", STR_ARG(out->first),
                                        STR_ARG(strbuf_str(&credentials)))
                           : STR_EMPTY;
    return STR_EMPTY;
}

/* The last line of the output: object, size, digest, revision, and the record of keys. */
static bool read_result(Str text, EtcdSnapshot *out, Str *key, Arena *arena) {
    StrVec words = {0};
    Str part, line = str_trim(text);
    size_t end = str_rfind_char(line, '\n');
    line = end == SIZE_MAX ? line : str_after(line, end + 1);
    while (words.count < 4 && str_next_field(&line, ' ', &part))
        vec_push(arena, &words, part);
    if (words.count != 4 || !etcd_bucket_parse(words.items[0], out, arena) ||
        !str_to_uint64(words.items[1], &out->size) ||
        !str_to_uint64(words.items[3], &out->revision))
        return false;
    *key = words.items[0];
    out->keys = snapshot_keys_parse(line, arena);
    out->digest = str_concat(STR("sha256:"), words.items[2], arena);
    return true;
}

bool etcd_upload_run(SshLink *link, const EtcdUpload *upload, EtcdSnapshot *out, Str *key,
                     Diags *diags) {
    Arena *arena = link->call->arena;
    SshResult result;
    RemoteScript script = {.text = etcd_push_sh,
                           .input = str_concat(upload->settings, upload->credentials, arena)};
    return remote_script_run(link, script, &result, diags) &&
           ((result.exit_status == 0 && read_result(result.out, out, key, arena)) ||
            remote_script_report(link, "Snapshot not stored", &result, diags));
}

bool etcd_upload_check(SshLink *link, Diags *diags) {
    SshResult result;
    return remote_script_run(link, (RemoteScript){.text = check_script}, &result, diags) &&
           (result.exit_status == 0 ||
            path_error(link->call, NO_PATH, diags, "Snapshots cannot be uploaded",
                       "%.*s cannot encrypt and upload its snapshots: %.*s. Install it on the "
                       "machine.",
                       STR_ARG(link->target.host), STR_ARG(str_trim(result.out))));
}
