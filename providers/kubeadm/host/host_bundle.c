/* host_bundle: packs members and uploads them, unless the machine downloads them; runs
 * host_prepare.sh. */
#include "host_bundle.h"
#include "digest.h"
#include "host_settings.h"
#include "object_builder.h"
#include "path_error.h"
#include "remote_script.h"
#include "remote_step.h"
#include "ssh_upload.h"

#include <pthread.h>

#define ARCHIVE "/var/lib/loam/host/bundle.tar"

/* $1: URL of a file; standard input: the proxy, or "-". */
static const char can_download[] =
    "command -v curl >/dev/null 2>&1 || { echo 'curl is missing' >&2; exit 1; }\n"
    "read -r proxy\n"
    "[ \"$proxy\" = - ] || export http_proxy=\"$proxy\" https_proxy=\"$proxy\"\n"
    "curl -fsS -o /dev/null --connect-timeout 5 --max-time 20 \"$1\"";

static Str bundle_check_url(Value value, Arena *arena) {
    return bundle_web_check_url(value_text(value), arena);
}

/* clang-format off */
static const Attribute bundle_attributes[] = {
    {"path",       &TYPE_STRING, OPTIONAL, "Directory or .tar.zst of the bundle on the machine that runs loam."},
    {"url",        &TYPE_STRING, OPTIONAL, "URL of the bundle as a directory: https or http.", .check = bundle_check_url},
    {"fetch",      &TYPE_STRING, OPTIONAL, "Who downloads from the URL: \"workstation\", the machine that runs loam, which uploads the files (default); or \"host\", each machine, with curl.", .one_of = "workstation host"},
    {"digest",     &TYPE_STRING, OPTIONAL, "SHA-256 of its SHA256SUMS: \"sha256:…\"."},
    {"public_key", &TYPE_STRING, OPTIONAL, "Public key of minisign that has signed the bundle: its line, or the path of its file."},
};
/* clang-format on */

static const ArgumentRule bundle_rules[] = {
    {RULE_EXACTLY_ONE, {"path", "url"}},
    {RULE_REQUIRED_WITH, {"fetch", "url"}},
};

const NestedObject host_bundle_argument = {
    NESTED_OBJECT(NEST_SINGLE, bundle_attributes, SCHEMA_RULES(bundle_rules))};

static Str cache_directory(const Call *call) {
    const Process *process = call->io->process;
    Str cache = process_variable(process, "XDG_CACHE_HOME");
    Str home = process_variable(process, "HOME");
    if (cache.len)
        return str_concat(cache, STR("/loam/bundles"), call->arena);
    return str_concat(home.len ? home : STR("/tmp"), STR("/.cache/loam/bundles"), call->arena);
}

bool host_bundle_is_given(Value given) {
    return object_text(given, "path", STR_EMPTY).len || object_text(given, "url", STR_EMPTY).len;
}

/* Programs that root runs come from the URL. */
static bool check_pinned(const Call *call, Value given, Diags *diags) {
    return !object_text(given, "url", STR_EMPTY).len ||
           !value_is_null(object_attribute(given, "digest")) ||
           !value_is_null(object_attribute(given, "public_key")) ||
           path_error(call, PATH_AT(call, {"bundle"}), diags, "Bundle without a pin",
                      "A bundle at a URL needs \"digest\", which \"loam bundle create\" prints, or "
                      "\"public_key\": any server in between could send other programs.");
}

bool host_bundle_open(const Call *call, Value given, HostBundle *out, Diags *diags) {
    Arena *arena = call->arena;
    BundlePin pin;
    if (!check_pinned(call, given, diags))
        return false;
    if (!bundle_reader_pin(call->io->disk, object_text(given, "digest", STR_EMPTY),
                           object_text(given, "public_key", STR_EMPTY), &pin, arena, diags))
        return false;
    out->request = (BundleRequest){.disk = call->io->disk,
                                   .path = object_text(given, "path", STR_EMPTY),
                                   .pin = pin,
                                   .cancel = call->cancel};
    out->web = (BundleWeb){.io = call->io,
                           .url = object_text(given, "url", STR_EMPTY),
                           .cache = cache_directory(call),
                           .pin = pin,
                           .cancel = call->cancel};
    out->is_for_machine = str_equal(object_text(given, "fetch", STR_EMPTY), STR("host"));
    return (!out->web.url.len || bundle_web_open(&out->web, &out->request.path, arena, diags)) &&
           bundle_reader_open(&out->request, &out->bundle, arena, diags);
}

/* Machines with equal needs share an archive. */
static pthread_mutex_t packing = PTHREAD_MUTEX_INITIALIZER;

static bool host_pack(const Call *call, const HostBundle *bundle, const StrVec *members, Str path,
                      Diags *diags) {
    const Disk *disk = call->io->disk;
    Str part = str_concat(path, STR(".part"), call->arena);
    if (disk_exists(disk, path))
        return true;
    int error = disk->make_directories(disk->self, disk_directory_of(path), 0700);
    (void)disk->remove(disk->self, part);
    if (!error) {
        call_progress(call, 0, 0, "packing the bundle");
        if (bundle->web.url.len && !bundle_web_fetch(&bundle->web, bundle->request.path,
                                                     &bundle->bundle, members, call->arena, diags))
            return false;
        if (!bundle_reader_pack(&bundle->request, members, part, call->arena, diags))
            return false;
        error = disk->rename(disk->self, part, path);
    }
    return !error || path_error(call, PATH_AT(call, {"bundle"}), diags, "Bundle not packed",
                                "\"%.*s\": %s. %s", STR_ARG(path), strerror(-error),
                                disk_hint(error, "Check the directory."));
}

static bool bundle_upload(SshLink *link, const HostBundle *bundle, const StrVec *members,
                          Diags *diags) {
    const Call *call = link->call;
    Arena *arena = call->arena;
    Str list = str_join(members->items, members->count, STR("\n"), arena);
    Str name = str_format(arena, "%.*s-%.*s.tar", 16, bundle->bundle.digest.ptr, 16,
                          digest_hex(DIGEST_SHA256, list, arena).ptr);
    Str path = disk_join(cache_directory(call), name, arena);
    pthread_mutex_lock(&packing);
    bool is_packed = host_pack(call, bundle, members, path, diags);
    pthread_mutex_unlock(&packing);
    SshUpload archive = {.path = STR(ARCHIVE), .source_path = path, .mode = STR("0600")};
    return is_packed && ssh_upload_write(link, &archive, diags);
}

/* Sets *can to whether the machine reaches the bundle's URL. */
static bool machine_can_download(SshLink *link, const HostBundle *bundle, Str url, Str proxy,
                                 bool *can, Diags *diags) {
    const Call *call = link->call;
    SshResult result;
    Str file = str_concat(url, STR("/" BUNDLE_SUMS), call->arena);
    Str input = str_concat(proxy, STR("\n"), call->arena);
    if (!remote_script_run(link, (RemoteScript){can_download, &file, input}, &result, diags))
        return false;
    *can = result.exit_status == 0;
    if (!*can)
        path_warning(
            call, PATH_AT(call, {"bundle"}, {"fetch"}), diags, "Upload instead of download",
            "%.*s cannot download from %.*s (%.*s), so the files of the bundle go through "
            "this machine.",
            STR_ARG(link->target.host), STR_ARG(bundle->web.url), STR_ARG(str_trim(result.err)));
    return true;
}

bool host_bundle_bring(SshLink *link, const HostBundle *bundle, const StrVec *members, Str *lines,
                       Diags *diags) {
    Arena *arena = link->call->arena;
    Str url = bundle_web_base(&bundle->web);
    Str proxy = bundle->proxy.len ? bundle->proxy : STR("-");
    bool can = false;
    if (!members->count)
        return true;
    if (bundle->is_for_machine && !machine_can_download(link, bundle, url, proxy, &can, diags))
        return false;
    if (!can)
        return bundle_upload(link, bundle, members, diags);
    *lines =
        str_format(arena, "%.*ssource %.*s %.*s\n", STR_ARG(*lines), STR_ARG(url), STR_ARG(proxy));
    return true;
}

bool host_bundle_look(SshLink *link, const HostWanted *wanted, HostLook *look, NamedTexts *observed,
                      Diags *diags) {
    Arena *arena = link->call->arena;
    StrVec names = {0};
    vec_push(arena, &names, str_from_cstr(wanted->runtime->program));
    vec_push(arena, &names, package_driver_name(wanted->driver));
    vec_each(&wanted->settings, setting)
        vec_push(arena, &names, setting->name);
    HostQuery query = {host_settings_script(), names.items, names.count};
    if (!host_look(link, &query, look, diags))
        return false;
    return host_settings_parse(look->more, observed, arena) ||
           path_error(link->call, NO_PATH, diags, "Settings not readable",
                      "The output of the script that reads settings of %.*s is cut off.",
                      STR_ARG(link->target.host));
}

/* Adds the lines "warning: …" of the output. */
static void step_warnings(const Call *call, Str output, Diags *diags) {
    Str line;
    while (str_next_field(&output, '\n', &line)) {
        if (str_starts_with(line, STR("warning: ")))
            path_warning(call, PATH_AT(call, {"host"}), diags, "Preparation with a problem", "%.*s",
                         STR_ARG(str_after(line, 9)));
    }
}

bool host_bundle_prepare(SshLink *link, Str id, Str lines, Diags *diags) {
    RemoteStep step = {.id = id,
                       .script = str_from_cstr(host_settings_prepare_script()),
                       .input = lines,
                       .title = "the preparation"};
    RemoteStepResult result;
    if (!remote_step_run(link, &step, &result, diags))
        return false;
    bool is_good = remote_step_check(link, &step, &result, "Machine not prepared", diags);
    step_warnings(link->call, result.out, diags);
    return remote_step_remove(link, id, diags) && is_good;
}
