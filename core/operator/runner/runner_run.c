/* The commands of a phase, one after the other. A pod that starts after another one died goes on
 * with the same plan: the lock of its Run is taken over, and an apply may be repeated. */
#include <errno.h>

#include "json.h"
#include "runner_child.h"
#include "runner_message.h"
#include "runner_outputs.h"
#include "runner_plan_secrets.h"
#include "runner_trace.h"

/* The name that the digest of the code leaves out. */
#define OVERRIDE_FILE "loam_operator_override.tf.json"
#define LEASE         "30" /* seconds */

static bool write_text(Runner *runner, Str path, Str text) {
    return runner->io->disk->write_file(runner->io->disk->self, path, text, 0600) == 0;
}

/* The backend. */

/* A lock that expires needs no person after a lost node. */
static bool can_expire(Str type) {
    return str_equal_cstr(type, "kubernetes") || str_equal_cstr(type, "s3");
}

static Str backend_json(Runner *runner) {
    const RunOrder *order = &runner->order;
    Str config = order->backend.config.len > 0 ? order->backend.config : STR("{}");
    Value members, lease;
    bool has_lease = json_parse_object(config, &members, runner->arena) &&
                     value_find(members, STR("lease_seconds"), &lease);
    Str rest = str_after(config, 1); /* without its brace */
    if (has_lease || !can_expire(order->backend.type))
        rest = STR_EMPTY;
    return rest.len == 0 ? config
                         : str_format(runner->arena, "{\"lease_seconds\":" LEASE "%s%.*s",
                                      members.count > 0 ? "," : "", STR_ARG(rest));
}

/* The digest of the code leaves the file out, so the source must not bring its own. */
static bool write_backend(Runner *runner) {
    const Disk *disk = runner->io->disk;
    Str type = runner->order.backend.type;
    Str path = disk_join(runner->directory, STR(OVERRIDE_FILE), runner->arena);
    int error = disk->remove(disk->self, path);
    if (error && error != -ENOENT)
        return false;
    return type.len == 0 ||
           write_text(runner, path,
                      str_format(runner->arena, "{\"terraform\":{\"backend\":{\"%.*s\":%.*s}}}\n",
                                 STR_ARG(type), STR_ARG(backend_json(runner))));
}

/* Variables. */

static Str variables_path(const Runner *runner) {
    return disk_join(STR(POD_WORK), STR("variables.tfvars.json"), runner->arena);
}

static bool run_add_variable(Runner *runner, JsonWriter *writer, const RunOrderVariable *variable,
                             Str *problem) {
    const Disk *disk = runner->io->disk;
    Str text;
    int error;
    json_key(writer, variable->name);
    if (variable->value.len > 0) {
        json_raw(writer, variable->value);
        return true;
    }
    error = disk->read_file(disk->self, variable->file, &text, runner->arena);
    if (error) {
        *problem = str_format(runner->arena, "variable \"%.*s\": %s", STR_ARG(variable->name),
                              strerror(-error));
        return false;
    }
    if (variable->is_json)
        json_raw(writer, text);
    else
        json_write_string(writer, text);
    return true;
}

static bool write_variables(Runner *runner, Str *problem) {
    StrBuf text = strbuf_new(runner->arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    vec_each(&runner->order.variables, variable) {
        if (!variable->is_unknown && !run_add_variable(runner, &writer, variable, problem))
            return false;
    }
    json_object_end(&writer);
    *problem = STR("the file of the variables cannot be written");
    return write_text(runner, variables_path(runner), strbuf_str(&text));
}

/* Commands. */

typedef VEC(const char *) Words;

static void add_word(Runner *runner, Words *words, const char *word) {
    vec_push(runner->arena, words, word);
}

static void add_text(Runner *runner, Words *words, const char *option, Str value) {
    if (value.len > 0)
        add_word(
            runner, words,
            str_to_cstr(str_concat(str_from_cstr(option), value, runner->arena), runner->arena));
}

static Str events_path(const Runner *runner) {
    return disk_join(STR(POD_WORK), STR("events.json"), runner->arena);
}

static int report_failure(Runner *runner, int status) {
    const Disk *disk = runner->io->disk;
    Str events = STR_EMPTY;
    (void)disk->read_file(disk->self, events_path(runner), &events, runner->arena);
    return runner_message_events(runner, status, events);
}

static void add_common_words(Runner *runner, Words *words) {
    add_word(runner, words, "-input=false");
    add_word(runner, words, "-no-color");
    add_word(runner, words, "-exit-class");
    add_text(runner, words, "-json-into=", events_path(runner));
}

static int init(Runner *runner) {
    Words words = {0};
    RunnerChild child = {0};
    add_word(runner, &words, "init");
    add_common_words(runner, &words);
    add_word(runner, &words, NULL);
    child.words = words.items;
    return runner_child(runner, &child) ? 0 : report_failure(runner, child.status);
}

static void add_plan_words(Runner *runner, Words *words) {
    const RunOrder *order = &runner->order;
    add_word(runner, words, "plan");
    add_text(runner, words, "-out=state:", order->run.name);
    add_text(runner, words, "-var-file=", variables_path(runner));
    add_text(runner, words, "-env=", order->env);
    if (order->type == RUN_DRIFT)
        add_word(runner, words, "-refresh-only");
    if (order->type == RUN_DESTROY)
        add_word(runner, words, "-destroy");
    if (order->plan_for.len > 0)
        add_word(runner, words, "-lock=false"); /* a preview changes nothing */
    vec_each(&order->variables, variable) {
        if (variable->is_unknown)
            add_text(runner, words, "-unknown=", variable->name);
    }
}

static void add_apply_words(Runner *runner, Words *words) {
    const RunOrder *order = &runner->order;
    add_word(runner, words, "apply");
    add_word(runner, words, "-auto-approve");
    add_text(runner, words, "-expect=", order->plan.digest);
    add_text(runner, words, "-approve-protected=", order->env);
}

static int change(Runner *runner, bool is_apply) {
    Words words = {0};
    RunnerChild child = {0};
    Str number = runner->order.parallelism == 0
                     ? STR_EMPTY
                     : str_format(runner->arena, "%u", runner->order.parallelism);
    if (is_apply)
        add_apply_words(runner, &words);
    else
        add_plan_words(runner, &words);
    add_common_words(runner, &words);
    if (runner->order.plan_for.len == 0) {
        add_word(runner, &words, "-lock-timeout=5m");
        add_word(runner, &words, "-take-lock-of-run");
    }
    add_text(runner, &words, "-parallelism=", number);
    if (runner->collector.url.len > 0)
        add_word(runner, &words, "-report=spans:" RUNNER_TRACE_FILE);
    if (is_apply) /* after the options */
        add_text(runner, &words, "state:", runner->order.plan.name);
    add_word(runner, &words, NULL);
    child.words = words.items;
    return runner_child(runner, &child) ? 0 : report_failure(runner, child.status);
}

int runner_run(Runner *runner) {
    bool is_apply = str_equal_cstr(runner->order.phase, "apply");
    Str problem = STR_EMPTY;
    int status;
    if (!write_backend(runner))
        return runner_message_fail(runner, RUNNER_FAILED, STR("The backend cannot be set"),
                                   STR("the source cannot be written"));
    if (!is_apply && !write_variables(runner, &problem))
        return runner_message_fail(runner, RUNNER_FAILED, STR("The variables cannot be set"),
                                   problem);
    status = init(runner);
    if (status == 0)
        status = change(runner, is_apply);
    if (status == 0 && !is_apply)
        runner_plan_secrets_own(runner);
    return status == 0 && is_apply ? runner_outputs(runner) : status;
}
