#include "runner.h"

#include <errno.h>

#include "digest.h"
#include "json.h"

#define KEY_MIN 32 /* bytes */

static bool runner_fail(Str *problem, Str text) {
    *problem = text;
    return false;
}

static void runner_add_variable(Runner *runner, const char *name, Str value) {
    vec_push(runner->arena, &runner->environment,
             str_format(runner->arena, "%s=%.*s", name, STR_ARG(value)));
}

/* The authority of its certificates names a cluster; a pod may read no other object that does. */
static Str cluster_name(const Runner *runner) {
    const Disk *disk = runner->io->disk;
    Str certificate;
    if (disk->read_file(disk->self, STR(POD_TOKEN "/ca.crt"), &certificate, runner->arena) != 0)
        return STR("unknown");
    return str_slice(digest_hex(DIGEST_SHA256, certificate, runner->arena), 0, 32);
}

/* The Stack that the state belongs to; a preview plans for another one's. */
static void add_owner(Runner *runner) {
    const RunOrder *order = &runner->order;
    if (order->plan_for.len > 0)
        return;
    runner_add_variable(runner, "LOAM_OWNER",
                        str_format(runner->arena,
                                   "{\"cluster\":\"%.*s\",\"namespace\":\"%.*s\",\"name\":\"%.*s\","
                                   "\"uid\":\"%.*s\"}",
                                   STR_ARG(cluster_name(runner)), STR_ARG(order->stack.namespace),
                                   STR_ARG(order->stack.name), STR_ARG(order->stack_uid)));
}

/* Names in a path of Kubernetes hold no character that could leave the directory, but `path` is the
 * user's. */
static bool find_directory(Runner *runner, Str *problem) {
    Str rest = runner->order.path, part;
    while (str_next_field(&rest, '/', &part)) {
        if (str_equal_cstr(part, ".."))
            return runner_fail(problem, STR("The path of the Stack leads out of its source."));
    }
    runner->directory = disk_join(STR(POD_STACK), runner->order.path, runner->arena);
    return true;
}

/* Plans are encrypted by the key of the Stack, whatever the configuration says; states are the
 * configuration's business. The key is random, so few iterations suffice, of the hash for which
 * most processors have instructions. */
static void add_encryption(Runner *runner) {
    const Disk *disk = runner->io->disk;
    Str key;
    runner->has_key = disk->read_file(disk->self, STR(POD_KEY "/key"), &key, runner->arena) == 0 &&
                      str_trim(key).len >= KEY_MIN;
    if (!runner->has_key)
        return;
    runner_add_variable(
        runner, "TF_ENCRYPTION",
        str_format(runner->arena,
                   "{\"key_provider\":{\"pbkdf2\":{\"stack\":{\"passphrase\":%.*s,"
                   "\"iterations\":200000,\"hash_function\":\"sha256\"}}},\"method\":{"
                   "\"aes_gcm\":{\"stack\":{\"keys\":\"key_provider.pbkdf2.stack\"}}},"
                   "\"plan\":{\"method\":\"method.aes_gcm.stack\",\"enforced\":true}}",
                   STR_ARG(json_text(value_string(str_trim(key), runner->arena), runner->arena))));
}

/* A variable such as LD_PRELOAD or TF_CLI_ARGS would let code of the configuration, which can
 * change Secrets, speak for the report. */
static bool is_of_backend(Str name) {
    static const char *const prefixes[] = {"AWS_", "KUBE_", "PG", "TF_ETCD_"};
    for (size_t i = 0; i < ARRAY_COUNT(prefixes); i++) {
        if (str_starts_with(name, str_from_cstr(prefixes[i])))
            return true;
    }
    return false;
}

/* The Secret of the backend: a file for each environment variable. Names that begin with a dot are
 * the kubelet's own. */
static bool add_backend(Runner *runner, Str *problem) {
    const Disk *disk = runner->io->disk;
    DiskEntries entries = {0};
    Str text;
    int error = disk->list(disk->self, STR(POD_BACKEND), &entries, runner->arena);
    if (error == -ENOENT)
        return true;
    if (error)
        return runner_fail(problem, STR("The Secret of the backend cannot be read."));
    vec_each(&entries, entry) {
        if (entry->name.ptr[0] == '.')
            continue;
        if (!is_of_backend(entry->name))
            return runner_fail(
                problem, str_format(runner->arena,
                                    "The Secret of the backend has the key \"%.*s\". Its keys are "
                                    "environment variables of backends, which begin with AWS_, "
                                    "KUBE_, PG or TF_ETCD_. Put others into runner.envFrom.",
                                    STR_ARG(entry->name)));
        if (disk->read_file(disk->self, disk_join(STR(POD_BACKEND), entry->name, runner->arena),
                            &text, runner->arena) != 0)
            return runner_fail(problem, STR("The Secret of the backend cannot be read."));
        runner_add_variable(runner, str_to_cstr(entry->name, runner->arena), text);
    }
    return true;
}

bool runner_open(Runner *runner, Str *problem) {
    const Disk *disk = runner->io->disk;
    const char *why = NULL;
    Str text;
    int error = disk->read_file(disk->self, STR(POD_ORDER "/order"), &text, runner->arena);
    if (error)
        return runner_fail(problem,
                           str_format(runner->arena, "The order of the Run cannot be read: %s.",
                                      strerror(-error)));
    if (!record_from_json(text, &run_order_record, &runner->order, &why, runner->arena))
        return runner_fail(problem,
                           str_format(runner->arena, "The order of the Run is no order: %s.",
                                      why ? why : "it is incomplete"));
    if (runner->order.version != RUN_ORDER_VERSION)
        return runner_fail(problem,
                           STR("The order of the Run is of another version of the operator. "
                               "Use images of the same release."));
    runner_add_variable(runner, "TF_IN_AUTOMATION", STR("1"));
    runner_add_variable(runner, "TF_INPUT", STR("0"));
    runner_add_variable(runner, "TF_DATA_DIR",
                        disk_join(STR(POD_WORK), STR("data"), runner->arena));
    runner_add_variable(runner, "HOME", STR(POD_WORK));
    runner_add_variable(runner, "TMPDIR", STR(POD_WORK));
    if (runner->order.workspace.len > 0)
        runner_add_variable(runner, "TF_WORKSPACE", runner->order.workspace);
    add_owner(runner);
    add_encryption(runner);
    return add_backend(runner, problem) && find_directory(runner, problem);
}
