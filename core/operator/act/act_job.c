/* The pods have the least that they need: no token but where the table says, no right but that of
 * the Stack's ServiceAccount, and no value of a Secret outside of a file or an environment variable
 * that refers to it. */
#include "act_job.h"

#include "kube_object.h"
#include "pod_paths.h"
#include "run_order.h"

#define SECOND_MS 1000

typedef struct JobCase {
    const ActJobOptions *options;
    const Run *run;
    const StackSpec *spec;
    Value runner; /* spec.runner; null: absent */
    StrBuf *out;
    Arena *arena;
} JobCase;

/* Parts of JSON. */

static const char *quoted(const JobCase *the, Str text) {
    return str_to_cstr(json_text(value_string(text, the->arena), the->arena), the->arena);
}

static bool runner_find(const JobCase *the, const char *name, Value *out) {
    return value_find_present(the->runner, str_from_cstr(name), out);
}

/* `,"NAME":VALUE` of a member of spec.runner, or of the text `otherwise`; empty if both are
 * absent. */
static const char *runner_member(const JobCase *the, const char *name, const char *otherwise) {
    Value value;
    Str text =
        runner_find(the, name, &value) ? json_text(value, the->arena) : str_from_cstr(otherwise);
    return text.len == 0 ? ""
                         : str_to_cstr(str_format(the->arena, ",\"%s\":%.*s", name, STR_ARG(text)),
                                       the->arena);
}

/* The items of a list of spec.runner, each followed by a comma. A volume of the node's own files
 * would leave the tenant's bounds, also where the definition of Stacks lets it pass. */
static void add_runner_items(const JobCase *the, const char *name) {
    Value items = value_tuple_at(the->runner, str_from_cstr(name)), path;
    for (size_t i = 0; i < items.count; i++) {
        if (!value_find_present(value_at(items, i), STR("hostPath"), &path))
            strbuf_add_format(the->out, "%.*s,",
                              STR_ARG(json_text(value_at(items, i), the->arena)));
    }
}

/* Labels or annotations of spec.runner, each followed by a comma; ours cannot be set there. */
static void add_runner_names(const JobCase *the, const char *name) {
    Value names;
    if (!runner_find(the, name, &names) || names.type->kind != KIND_OBJECT)
        return;
    for (size_t i = 0; i < names.count; i++) {
        Str key = value_key_at(names, i), value = value_text_at(names, key);
        if (str_find(key, STR("infra.loam.internal/"), 0) == SIZE_MAX)
            strbuf_add_format(the->out, "%s:%s,", quoted(the, key), quoted(the, value));
    }
}

/* Drops the comma after the last item. */
static void end_items(const JobCase *the, char bracket) {
    if (the->out->ptr[the->out->len - 1] == ',')
        the->out->len--;
    strbuf_add_char(the->out, bracket);
}

/* The order. */

static Str outputs_secret(const JobCase *the, Str stack, Str name) {
    return name.len > 0 ? name : str_format(the->arena, "loam-outputs-%.*s", STR_ARG(stack));
}

static bool is_unknown(const JobCase *the, const StackVariable *variable) {
    const StrVec *unknown = &the->run->spec.unknown;
    return str_is_among(variable->name, unknown->items, unknown->count);
}

static Str order_json(const JobCase *the) {
    const Run *run = the->run;
    const StackSpec *spec = the->spec;
    RunOrder order = {
        .version = RUN_ORDER_VERSION,
        .phase = the->options->is_apply ? STR("apply") : STR("plan"),
        .type = run->spec.type,
        .stack = {run->meta.namespace, run->spec.stack.name},
        .stack_uid = run->spec.stack.uid,
        .run = {run->meta.name, run->meta.uid},
        .revision = run->spec.revision,
        .artifact = run->spec.artifact,
        .source = spec->source,
        .path = spec->path,
        .env = spec->env,
        .workspace = spec->workspace,
        .backend = {spec->backend.type, spec->backend.config},
        .plan_for = spec->plan_for,
        .parallelism = spec->parallelism,
        .outputs_secret = outputs_secret(the, run->spec.stack.name, spec->outputs.secret_name),
        .output_names = spec->outputs.names,
    };
    if (the->options->is_apply) {
        order.plan.name = run->status.plan.name;
        order.plan.digest = run->status.plan.digest;
    }
    vec_each(&spec->variables, variable) {
        RunOrderVariable *to = vec_add(the->arena, &order.variables);
        *to = (RunOrderVariable){variable->name, variable->value,
                                 .is_json = variable->value_from.output.stack.len > 0,
                                 .is_unknown = is_unknown(the, variable)};
        if (variable->value.len == 0 && !to->is_unknown)
            to->file = str_format(the->arena, POD_VARIABLES "/%.*s", STR_ARG(variable->name));
    }
    return record_to_json(&run_order_record, &order, 0, the->arena);
}

/* Volumes. */

static void add_variable_source(const JobCase *the, const StackVariable *variable) {
    const StackKeyRef *secret = &variable->value_from.secret;
    const StackKeyRef *config_map = &variable->value_from.config_map;
    Str kind = STR("secret"), name = secret->name, key = secret->key;
    if (variable->value.len > 0 || is_unknown(the, variable))
        return;
    if (config_map->name.len > 0) {
        kind = STR("configMap");
        name = config_map->name;
        key = config_map->key;
    } else if (variable->value_from.output.stack.len > 0) {
        name = outputs_secret(the, variable->value_from.output.stack, STR_EMPTY);
        key = variable->value_from.output.name;
    }
    strbuf_add_format(the->out, "{\"%.*s\":{\"name\":%s,\"items\":[{\"key\":%s,\"path\":%s}]}},",
                      STR_ARG(kind), quoted(the, name), quoted(the, key),
                      quoted(the, variable->name));
}

static void add_secret_volume(const JobCase *the, const char *volume, Str secret) {
    if (secret.len > 0)
        strbuf_add_format(the->out,
                          "{\"name\":\"%s\",\"secret\":{\"secretName\":%s,\"defaultMode\":288}},",
                          volume, quoted(the, secret));
}

/* A container that lacks the key says so; without `optional` its pod would wait until the end of
 * the Job. */
static void add_key_volume(const JobCase *the, Str secret) {
    Str key = the->spec->encryption.secret.key;
    strbuf_add_format(the->out,
                      "{\"name\":\"key\",\"secret\":{\"secretName\":%s,\"defaultMode\":288,"
                      "\"optional\":true,\"items\":[{\"key\":%s,\"path\":\"key\"}]}},",
                      quoted(the, secret), quoted(the, key.len > 0 ? key : STR("key")));
}

static Str key_secret(const JobCase *the) {
    Str name = the->spec->encryption.secret.name;
    return name.len > 0
               ? name
               : str_format(the->arena, "loam-key-%.*s", STR_ARG(the->run->spec.stack.name));
}

static void add_volumes(const JobCase *the) {
    strbuf_add_cstr(the->out,
                    "\"volumes\":[{\"name\":\"stack\",\"emptyDir\":{}},"
                    "{\"name\":\"work\",\"emptyDir\":{\"medium\":\"Memory\"}},"
                    "{\"name\":\"fetch\",\"emptyDir\":{\"medium\":\"Memory\"}},"
                    "{\"name\":\"order\",\"downwardAPI\":{\"items\":[{\"path\":\"order\","
                    "\"fieldRef\":{\"fieldPath\":\"metadata.annotations['" RUN_ORDER_ANNOTATION
                    "']\"}}]}},"
                    "{\"name\":\"token\",\"projected\":{\"defaultMode\":288,\"sources\":["
                    "{\"serviceAccountToken\":{\"expirationSeconds\":3600,\"path\":\"token\"}},"
                    "{\"configMap\":{\"name\":\"kube-root-ca.crt\",\"items\":[{\"key\":\"ca.crt\","
                    "\"path\":\"ca.crt\"}]}},"
                    "{\"downwardAPI\":{\"items\":[{\"path\":\"namespace\",\"fieldRef\":"
                    "{\"fieldPath\":\"metadata.namespace\"}}]}}]}},"
                    "{\"name\":\"variables\",\"projected\":{\"defaultMode\":288,\"sources\":[");
    vec_each(&the->spec->variables, variable)
        add_variable_source(the, variable);
    end_items(the, ']');
    strbuf_add_cstr(the->out, "}},");
    add_key_volume(the, key_secret(the));
    add_secret_volume(the, "git", the->spec->source.git.secret.name);
    add_secret_volume(the, "backend", the->spec->backend.secret.name);
    add_runner_items(the, "volumes");
    end_items(the, ']');
}

/* Containers. */

typedef struct JobContainer {
    const char *name;
    const char *command;   /* of loam operator */
    bool has_secrets;      /* backend, key, variables, token */
    bool is_stack_written; /* else it may only read the configuration */
    bool is_report;        /* nothing of the Stack's own environment */
} JobContainer;

static const JobContainer source_container = {"source", "source", .is_stack_written = true};
static const JobContainer plan_container = {"plan", "run", true, true, false};
static const JobContainer report_container = {"report", "report", true, false, true};
static const JobContainer apply_container = {"apply", "run", true, true, false};

static void add_mount(const JobCase *the, const char *volume, const char *path, bool is_written) {
    strbuf_add_format(the->out, "{\"name\":\"%s\",\"mountPath\":\"%s\"%s},", volume, path,
                      is_written ? "" : ",\"readOnly\":true");
}

static void add_mounts(const JobCase *the, const JobContainer *container) {
    strbuf_add_cstr(the->out, ",\"volumeMounts\":[");
    add_mount(the, "stack", POD_STACK, container->is_stack_written);
    add_mount(the, "order", POD_ORDER, false);
    /* The credentials of the source stay out of reach of the configuration's code. */
    add_mount(the, container->has_secrets ? "work" : "fetch", POD_WORK, true);
    if (container->has_secrets) {
        add_mount(the, "token", POD_TOKEN, false);
        add_mount(the, "variables", POD_VARIABLES, false);
        add_mount(the, "key", POD_KEY, false);
        if (the->spec->backend.secret.name.len > 0)
            add_mount(the, "backend", POD_BACKEND, false);
    } else if (the->spec->source.git.secret.name.len > 0) {
        add_mount(the, "git", POD_GIT, false);
    }
    if (container->has_secrets && !container->is_report)
        add_runner_items(the, "volumeMounts");
    end_items(the, ']');
}

static void add_environment(const JobCase *the, const JobContainer *container) {
    strbuf_add_cstr(the->out, ",\"env\":[");
    strbuf_add(the->out, the->options->tracing);
    if (container->has_secrets && !container->is_report)
        add_runner_items(the, "env");
    strbuf_add_format(
        the->out,
        "{\"name\":\"HOME\",\"value\":\"" POD_WORK "\"},"
        "{\"name\":\"POD_UID\",\"valueFrom\":{\"fieldRef\":{\"fieldPath\":\"metadata.uid\"}}},"
        "{\"name\":\"LOAM_LOCK_RUN\",\"value\":\"run=%.*s pod=$(POD_UID)\"},",
        STR_ARG(the->run->meta.uid));
    if (the->options->log_level.len > 0)
        strbuf_add_format(the->out, "{\"name\":\"LOAM_LOG\",\"value\":%s},",
                          quoted(the, the->options->log_level));
    end_items(the, ']');
    if (!container->has_secrets || container->is_report)
        return;
    strbuf_add_cstr(the->out, ",\"envFrom\":[");
    add_runner_items(the, "envFrom");
    end_items(the, ']');
}

static void add_container(const JobCase *the, const JobContainer *container) {
    Value image;
    strbuf_add_format(
        the->out,
        "{\"name\":\"%s\",\"image\":%s,\"args\":[\"operator\",\"%s\"],\"workingDir\":\"%s\"",
        container->name,
        quoted(the, runner_find(the, "image", &image) ? value_text_at(the->runner, STR("image"))
                                                      : the->run->spec.image),
        container->command, POD_STACK);
    strbuf_add_cstr(the->out,
                    ",\"securityContext\":{\"allowPrivilegeEscalation\":false,"
                    "\"readOnlyRootFilesystem\":true,\"capabilities\":{\"drop\":[\"ALL\"]}}");
    strbuf_add_cstr(the->out, runner_member(the, "resources",
                                            "{\"requests\":{\"cpu\":\"50m\",\"memory\":\"64Mi\"},"
                                            "\"limits\":{\"memory\":\"512Mi\"}}"));
    add_environment(the, container);
    add_mounts(the, container);
    strbuf_add_cstr(the->out, "},");
}

static void add_containers(const JobCase *the) {
    strbuf_add_cstr(the->out, ",\"initContainers\":[");
    add_container(the, &source_container);
    if (!the->options->is_apply)
        add_container(the, &plan_container);
    end_items(the, ']');
    strbuf_add_cstr(the->out, ",\"containers\":[");
    add_container(the, the->options->is_apply ? &apply_container : &report_container);
    end_items(the, ']');
    strbuf_add_char(the->out, ',');
}

/* The Job. */

static void add_labels(const JobCase *the) {
    strbuf_add_cstr(the->out, "\"labels\":{");
    add_runner_names(the, "labels");
    strbuf_add_format(the->out,
                      "\"infra.loam.internal/stack\":%s,\"infra.loam.internal/run\":%s,"
                      "\"infra.loam.internal/phase\":\"%s\"}",
                      quoted(the, str_slice(the->run->spec.stack.name, 0, 63)),
                      quoted(the, the->run->meta.name), the->options->is_apply ? "apply" : "plan");
}

/* Statuses that another attempt cannot mend end the Job; those of a disrupted pod do not count. */
static void add_failure_policy(const JobCase *the) {
    strbuf_add_cstr(the->out,
                    ",\"podFailurePolicy\":{\"rules\":["
                    "{\"action\":\"Ignore\",\"onPodConditions\":[{\"type\":\"DisruptionTarget\","
                    "\"status\":\"True\"}]},"
                    "{\"action\":\"Count\",\"onExitCodes\":{\"operator\":\"In\",\"values\":[75]}},"
                    "{\"action\":\"FailJob\",\"onExitCodes\":{\"operator\":\"In\",\"values\":"
                    "[1,65,66,72,77,78]}}]}");
}

static bool is_queued_elsewhere(const JobCase *the) {
    Value labels, queue;
    return runner_find(the, "labels", &labels) &&
           value_find_present(labels, STR("kueue.x-k8s.io/queue-name"), &queue);
}

static void add_pod(const JobCase *the) {
    strbuf_add_cstr(the->out, ",\"template\":{\"metadata\":{");
    add_labels(the);
    strbuf_add_cstr(the->out, ",\"annotations\":{");
    add_runner_names(the, "annotations");
    strbuf_add_format(the->out, "\"" RUN_ORDER_ANNOTATION "\":%s}},\"spec\":{",
                      quoted(the, order_json(the)));
    strbuf_add_format(the->out,
                      "\"restartPolicy\":\"Never\",\"serviceAccountName\":%s,"
                      "\"automountServiceAccountToken\":false,\"securityContext\":{"
                      "\"runAsNonRoot\":true,\"runAsUser\":65532,\"runAsGroup\":65532,"
                      "\"fsGroup\":65532,\"seccompProfile\":{\"type\":\"RuntimeDefault\"}}",
                      quoted(the, the->spec->service_account));
    strbuf_add_cstr(the->out, runner_member(the, "terminationGracePeriodSeconds", "120"));
    for (size_t i = 0; i < 6; i++) {
        static const char *const names[] = {"nodeSelector",     "tolerations",
                                            "affinity",         "imagePullSecrets",
                                            "runtimeClassName", "priorityClassName"};
        strbuf_add_cstr(the->out, runner_member(the, names[i], ""));
    }
    add_containers(the);
    add_volumes(the);
    strbuf_add_cstr(the->out, "}}");
}

Str act_job_json(const ActJobOptions *options, Arena *arena) {
    const Run *run = options->run;
    StrBuf out = strbuf_new(arena);
    JobCase the = {options, run, &run->spec.template, value_null(&TYPE_DYNAMIC), &out, arena};
    const char *phase = options->is_apply ? "apply" : "plan";
    if (!json_parse_object(the.spec->runner, &the.runner, arena))
        the.runner = value_null(&TYPE_DYNAMIC); /* absent */
    strbuf_add_format(&out,
                      "{\"apiVersion\":\"batch/v1\",\"kind\":\"Job\",\"metadata\":{\"name\":%s,"
                      "\"namespace\":%s,",
                      quoted(&the, str_format(arena, "%.*s-%s", STR_ARG(run->meta.name), phase)),
                      quoted(&the, run->meta.namespace));
    add_labels(&the);
    strbuf_add_format(
        &out,
        ",\"ownerReferences\":[{\"apiVersion\":\"infra.loam.internal/v1alpha1\",\"kind\":\"Run\","
        "\"name\":%s,\"uid\":%s,\"controller\":true,\"blockOwnerDeletion\":true}]},\"spec\":{",
        quoted(&the, run->meta.name), quoted(&the, run->meta.uid));
    strbuf_add_format(&out,
                      "\"suspend\":%s,\"parallelism\":1,\"completions\":1,\"backoffLimit\":3,"
                      "\"activeDeadlineSeconds\":%lld,\"podReplacementPolicy\":\"Failed\"",
                      is_queued_elsewhere(&the) ? "true" : "false",
                      (long long)(the.spec->timeout_ms / SECOND_MS));
    add_failure_policy(&the);
    add_pod(&the);
    strbuf_add_cstr(&out, "}}");
    return strbuf_str(&out);
}
